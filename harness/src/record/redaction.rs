//! What may not leave the process: tokens, codes, verifiers, secrets, passwords, cookies.
//!
//! By type, not by guessing: the places in a message that hold a secret by the rules of OAuth and HTTP are replaced
//! whatever stands there, and the secrets of the run are replaced wherever they stand.

use crate::wire::{Exchange, Request, Response};
use bytes::Bytes;
use http::header::{AUTHORIZATION, COOKIE, HeaderName, LOCATION, SET_COOKIE};
use http::{HeaderMap, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

/// Parameters and JSON members that hold a secret (OAuth 2.1 §3 and §4, RFC 7636 §4.5, RFC 7009 §2.1). A code challenge
/// and a state are no secrets once they were used.
const SECRET_NAMES: [&str; 11] = [
    "access_token",
    "assertion",
    "client_assertion",
    "client_secret",
    "ClientSecret",
    "code",
    "code_verifier",
    "id_token",
    "Password",
    "password",
    "refresh_token",
];

/// The most that is kept of one content.
const KEPT: usize = 16 << 10;

const REDACTED: &str = "[redacted]";

/// Takes secrets out of messages.
#[derive(Clone, Debug, Default)]
pub struct Redactor {
    secrets: Vec<SecretString>,
}

impl Redactor {
    /// A redactor that knows the secrets of the run.
    #[must_use]
    pub fn new(secrets: impl IntoIterator<Item = SecretString>) -> Self {
        Self { secrets: secrets.into_iter().filter(|secret| secret.expose_secret().len() >= 8).collect() }
    }

    /// A text without the secrets of the run.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret.expose_secret(), REDACTED))
    }

    /// An exchange without secrets, cut to what a report keeps.
    #[must_use]
    pub fn exchange(&self, exchange: &Exchange) -> Exchange {
        let mut redacted = exchange.clone();
        let presented = exchange.request.presented.as_ref();
        self.request(&mut redacted.request);
        if let Ok(response) = &mut redacted.answer {
            self.response(response);
            if let Some(presented) = presented {
                let body = String::from_utf8_lossy(&response.body).into_owned();
                let name = format!("[redacted: {}]", presented.name);
                response.body = replaced(&body, presented.token.expose_secret(), &name).into();
            }
        }
        redacted
    }

    fn request(&self, request: &mut Request) {
        let name = request.presented.as_ref().map(|presented| presented.name.clone());
        let shown = name.map_or_else(|| REDACTED.to_owned(), |name| format!("[redacted: {name}]"));
        self.headers(&mut request.headers, &shown);
        request.url = self.text(&without_query_secrets(&request.url));
        if let Some(presented) = request.presented.clone() {
            without_presented(request, presented.token.expose_secret(), &shown);
        }
        let is_form = request
            .headers
            .get(http::header::CONTENT_TYPE)
            .is_some_and(|value| value.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
        request.body = self.content(&request.body, is_form);
    }

    fn response(&self, response: &mut Response) {
        self.headers(&mut response.headers, REDACTED);
        response.body = self.content(&response.body, false);
    }

    fn headers(&self, headers: &mut HeaderMap, credential: &str) {
        for (name, value) in headers.iter_mut() {
            let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
            let new = self.text(&header_text(name, &text, credential));
            if let Ok(new) = HeaderValue::from_str(&new) {
                *value = new;
            }
        }
    }

    fn content(&self, body: &Bytes, is_form: bool) -> Bytes {
        let text = String::from_utf8_lossy(body);
        let text = if is_form { without_form_secrets(&text) } else { without_secret_members(&text) };
        let mut text = self.text(&text);
        if text.len() > KEPT {
            let end = (0..=KEPT).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
            text.truncate(end);
            text.push('…');
        }
        text.into()
    }
}

/// Takes the token that a request presents out of places that hold no secret by the rules: a probe puts it there.
fn without_presented(request: &mut Request, token: &str, shown: &str) {
    for value in request.headers.values_mut() {
        let text = replaced(&String::from_utf8_lossy(value.as_bytes()), token, shown);
        if let Ok(new) = HeaderValue::from_str(&text) {
            *value = new;
        }
    }
    let encoded: String = url::form_urlencoded::byte_serialize(token.as_bytes()).collect();
    request.url = replaced(&replaced(&request.url, token, REDACTED), &encoded, REDACTED);
}

fn replaced(text: &str, secret: &str, with: &str) -> String {
    if secret.len() < 8 { text.to_owned() } else { text.replace(secret, with) }
}

fn header_text(name: &HeaderName, text: &str, credential: &str) -> String {
    if *name == AUTHORIZATION {
        authorization(text, credential)
    } else if *name == COOKIE || *name == SET_COOKIE {
        REDACTED.to_owned()
    } else if *name == LOCATION {
        without_query_secrets(text)
    } else {
        text.to_owned()
    }
}

/// The scheme, the space behind it as it is, and a name for the credentials; the name alone where no scheme can be told
/// from them.
fn authorization(text: &str, credential: &str) -> String {
    const LONGEST_SCHEME: usize = 12;
    let (scheme, rest) = text.split_at(text.find([' ', '\t']).unwrap_or(text.len()));
    if scheme.len() > LONGEST_SCHEME || !scheme.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return credential.to_owned();
    }
    let space = &rest[..rest.len() - rest.trim_start_matches([' ', '\t']).len()];
    if rest.len() == space.len() { text.to_owned() } else { format!("{scheme}{space}{credential}") }
}

fn without_query_secrets(url: &str) -> String {
    match url.split_once('?') {
        Some((before, query)) => format!("{before}?{}", without_form_secrets(query)),
        None => url.to_owned(),
    }
}

fn without_form_secrets(form: &str) -> String {
    let pairs = form.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if SECRET_NAMES.contains(&name) => format!("{name}={REDACTED}"),
        _ => pair.to_owned(),
    });
    pairs.collect::<Vec<_>>().join("&")
}

fn without_secret_members(text: &str) -> String {
    let Ok(mut json) = serde_json::from_str::<Value>(text) else { return text.to_owned() };
    if hide_members(&mut json) { json.to_string() } else { text.to_owned() }
}

/// Hides the secret members of a document; tells whether there were any.
fn hide_members(json: &mut Value) -> bool {
    match json {
        Value::Object(members) => members.iter_mut().fold(false, |any, (name, value)| {
            if SECRET_NAMES.contains(&name.as_str()) && value.is_string() {
                *value = REDACTED.into();
                true
            } else {
                hide_members(value) || any
            }
        }),
        Value::Array(items) => items.iter_mut().filter_map(|item| hide_members(item).then_some(())).count() > 0,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::wire::Presented;
    use http::Method;
    use rstest::rstest;

    const TOKEN: &str = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.";

    fn exchange(request: Request, body: &str) -> Exchange {
        let response =
            Response { status: 200, headers: HeaderMap::new(), body: body.to_owned().into(), truncated: false };
        Exchange { number: 1, request, answer: Ok(response), honest: None, took: std::time::Duration::ZERO }
    }

    #[test]
    fn a_presented_token_shows_by_its_name_only() {
        let mut request = Request::get("tools/list", format!("http://h/mcp?access_token={TOKEN}"));
        request.headers.insert(AUTHORIZATION, HeaderValue::from_str(&format!("Bearer {TOKEN}")).unwrap());
        request.presented = Some(Presented { name: crate::token_name::VALID, token: TOKEN.into() });

        let redacted = Redactor::default().exchange(&exchange(request, &format!("no such token {TOKEN}")));

        assert!(!format!("{redacted:?}").contains(TOKEN), "{redacted:?}");
        assert_eq!(redacted.request.headers[AUTHORIZATION], "Bearer [redacted: a valid token]");
    }

    #[test]
    fn a_token_in_an_odd_place_is_not_shown() {
        let mut request = Request::get("tools/list", format!("http://h/mcp?api_key={TOKEN}"));
        request.headers.insert("x-api-key", HeaderValue::from_str(TOKEN).unwrap());
        request.presented = Some(Presented { name: crate::token_name::VALID, token: TOKEN.into() });

        let redacted = Redactor::default().exchange(&exchange(request, ""));

        assert!(!format!("{redacted:?}").contains(TOKEN), "{redacted:?}");
        assert_eq!(redacted.request.headers["x-api-key"], "[redacted: a valid token]");
    }

    #[rstest]
    #[case::one_space("Bearer abc", "Bearer [redacted]")]
    #[case::two_spaces("bearer  abc", "bearer  [redacted]")]
    #[case::two_words("Bearer abc def", "Bearer [redacted]")]
    #[case::no_credentials("Bearer", "Bearer")]
    #[case::no_scheme("abc.def.ghi", "[redacted]")]
    #[case::a_long_word("abcdefghijklmnopqrstuvwxyz", "[redacted]")]
    #[case::nothing("", "")]
    fn of_credentials_the_scheme_is_shown_as_it_is(#[case] sent: &str, #[case] shown: &str) {
        assert_eq!(authorization(sent, REDACTED), shown);
    }

    #[test]
    fn a_token_request_and_its_answer_show_no_secret() {
        let request = Request::new("redeeming the code", Method::POST, "http://h/token")
            .header(http::header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"))
            .content("grant_type=authorization_code&code=c0de&code_verifier=v3rifier&client_secret=s3cret");
        let answer = r#"{"access_token":"t0ken","token_type":"Bearer","refresh_token":"r3fresh"}"#;

        let redacted = format!("{:?}", Redactor::default().exchange(&exchange(request, answer)));

        for secret in ["c0de", "v3rifier", "s3cret", "t0ken", "r3fresh"] {
            assert!(!redacted.contains(secret), "{secret} in {redacted}");
        }
        assert!(redacted.contains("token_type"));
    }

    #[test]
    fn secrets_of_the_run_are_hidden_wherever_they_stand() {
        let redactor = Redactor::new([SecretString::from("hunter2-hunter2")]);
        assert_eq!(redactor.text("the page said hunter2-hunter2"), "the page said [redacted]");
    }
}
