//! What may not leave the process: tokens, codes, verifiers, secrets, passwords, cookies.
//!
//! By type, not by guessing: the places in a message that hold a secret by the rules of OAuth and HTTP are replaced
//! whatever stands there, and the secrets of the run are replaced wherever they stand. What the harness has made up and
//! protects nothing is shown, and so are the tokens of an issuer that it plays, when they are asked for.

use crate::token_name::TokenName;
use crate::wire::{Exchange, Presented, Request, Response};
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
    shows_tokens: bool,
}

impl Redactor {
    /// A redactor that knows the secrets of the run.
    #[must_use]
    pub fn new(secrets: impl IntoIterator<Item = SecretString>) -> Self {
        let secrets = secrets.into_iter().filter(|secret| secret.expose_secret().len() >= 8).collect();
        Self { secrets, shows_tokens: false }
    }

    /// The same, which leaves the tokens of the issuer in the requests that present them. Only for an issuer that the
    /// harness plays: its tokens protect nothing.
    #[must_use]
    pub fn showing_test_tokens(self) -> Self {
        Self { shows_tokens: true, ..self }
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
            if let Some(presented) = presented.filter(|presented| !presented.name.is_plain()) {
                let body = String::from_utf8_lossy(&response.body).into_owned();
                let name = format!("[redacted: {}]", presented.name);
                response.body = replaced(&body, presented.token.expose_secret(), &name).into();
            }
        }
        redacted
    }

    fn request(&self, request: &mut Request) {
        let credential = Credential::of(request, self.shows_tokens);
        self.headers(&mut request.headers, &credential);
        request.url = self.text(&without_query_secrets(&request.url, &credential));
        if let Credential::Token { token, shown, .. } = &credential {
            without_presented(request, token.expose_secret(), shown);
        }
        let is_form = request
            .headers
            .get(http::header::CONTENT_TYPE)
            .is_some_and(|value| value.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
        request.body = self.content(&request.body, is_form);
    }

    fn response(&self, response: &mut Response) {
        self.headers(&mut response.headers, &Credential::Unknown);
        response.body = self.content(&response.body, false);
    }

    fn headers(&self, headers: &mut HeaderMap, credential: &Credential) {
        for (name, value) in headers.iter_mut() {
            let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
            let new = self.text(&header_text(name, &text, credential));
            if let Ok(new) = HeaderValue::from_bytes(new.as_bytes()) {
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

/// What is known of the credentials in a request.
enum Credential {
    /// They may be anything.
    Unknown,
    /// They are to be shown as they are.
    Shown,
    /// They are a token that is shown by its name only, among what protects nothing.
    Token { token: SecretString, shown: String, beside_made_up: bool },
}

impl Credential {
    fn of(request: &Request, shows_tokens: bool) -> Self {
        match &request.presented {
            Some(presented) if is_shown(presented, shows_tokens) => Self::Shown,
            Some(presented) => Self::Token {
                token: presented.token.clone(),
                shown: format!("[redacted: {}]", presented.name),
                beside_made_up: request.made_up,
            },
            None if request.made_up => Self::Shown,
            None => Self::Unknown,
        }
    }

    /// What stands in place of a text that may be the credentials.
    fn placeholder(&self) -> Option<&str> {
        match self {
            Self::Unknown => Some(REDACTED),
            Self::Shown => None,
            Self::Token { shown, .. } => Some(shown),
        }
    }

    /// The `Authorization` field as it is shown.
    fn authorization(&self, text: &str) -> String {
        match self {
            Self::Shown => text.to_owned(),
            Self::Token { token, beside_made_up: true, .. } if !text.contains(token.expose_secret()) => text.to_owned(),
            Self::Token { shown, .. } => authorization(text, shown),
            Self::Unknown => authorization(text, REDACTED),
        }
    }
}

/// A token of the server under judgement is never shown: what it opens is not known.
fn is_shown(presented: &Presented, shows_tokens: bool) -> bool {
    presented.name.is_plain() || (shows_tokens && presented.name != TokenName::OfProxy)
}

fn header_text(name: &HeaderName, text: &str, credential: &Credential) -> String {
    if *name == AUTHORIZATION {
        credential.authorization(text)
    } else if *name == COOKIE || *name == SET_COOKIE {
        REDACTED.to_owned()
    } else if *name == LOCATION {
        without_query_secrets(text, &Credential::Unknown)
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

fn without_query_secrets(url: &str, credential: &Credential) -> String {
    match url.split_once('?') {
        Some((before, query)) => format!("{before}?{}", without_pairs(query, credential.placeholder())),
        None => url.to_owned(),
    }
}

fn without_form_secrets(form: &str) -> String {
    without_pairs(form, Some(REDACTED))
}

/// The pairs with a placeholder for what is secret, if there is one.
fn without_pairs(form: &str, placeholder: Option<&str>) -> String {
    let pairs = form.split('&').map(|pair| match (pair.split_once('='), placeholder) {
        (Some((name, _)), Some(placeholder)) if SECRET_NAMES.contains(&name) => format!("{name}={placeholder}"),
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

    fn presenting(words: &str) -> Request {
        let name: TokenName = words.parse().unwrap();
        let mut request = Request::get("tools/list", format!("http://h/mcp?access_token={TOKEN}"));
        request.headers.insert(AUTHORIZATION, HeaderValue::from_str(&format!("Bearer {TOKEN}")).unwrap());
        request.presented = Some(Presented { name, token: TOKEN.into() });
        request
    }

    #[rstest]
    #[case::a_genuine_one("a valid token", false, false)]
    #[case::a_forged_one("a token with a broken signature", false, false)]
    #[case::a_genuine_one_of_a_played_issuer("a valid token", true, true)]
    #[case::no_token_at_all("three dots", false, true)]
    fn a_token_is_shown_where_it_protects_nothing(#[case] name: &str, #[case] asked: bool, #[case] shown: bool) {
        let redactor = if asked { Redactor::default().showing_test_tokens() } else { Redactor::default() };
        let redacted = redactor.exchange(&exchange(presenting(name), "")).request;
        assert_eq!(redacted.headers[AUTHORIZATION] == format!("Bearer {TOKEN}"), shown);
        assert_eq!(redacted.url.contains(TOKEN), shown);
    }

    #[test]
    fn a_token_of_the_server_itself_is_never_shown() {
        let mut request = presenting("a valid token");
        request.presented = Some(Presented { name: TokenName::OfProxy, token: TOKEN.into() });
        let redacted = Redactor::default().showing_test_tokens().exchange(&exchange(request, ""));
        assert!(!format!("{redacted:?}").contains(TOKEN), "{redacted:?}");
    }

    #[test]
    fn what_the_harness_made_up_is_shown_and_a_token_beside_it_is_not() {
        let mut request = presenting("a valid token");
        request.headers.append(AUTHORIZATION, HeaderValue::from_static("Bearer undefined"));
        request.made_up = true;
        let redacted = Redactor::default().exchange(&exchange(request, "")).request;
        let fields: Vec<_> = redacted.headers.get_all(AUTHORIZATION).iter().collect();
        assert_eq!(fields, ["Bearer [redacted: a valid token]", "Bearer undefined"]);

        let mut alone = Request::get("tools/list", "http://h/mcp");
        alone.headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer a b"));
        alone.made_up = true;
        let redacted = Redactor::default().exchange(&exchange(alone, "")).request;
        assert_eq!(redacted.headers[AUTHORIZATION], "Bearer a b");
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
