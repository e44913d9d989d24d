//! What a server may elicit from a user by way of the client, and when.

use crate::findings::{Finding, answer};
use crate::protocol::elicitation::elicited;
use crate::protocol::reply;
use crate::rules::server::isolation::judge as isolation;
use crate::wire::{Exchange, Response};
use serde_json::Value;
use url::Url;

/// Names of things that no form may ask for, and that no URL may carry.
const SECRETS: [&str; 10] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "apikey",
    "api_key",
    "token",
    "credential",
    "privatekey",
    "private_key",
];

/// What the name of a property that asks for a secret ends in, without what joins its words.
const ASKED: [&str; 8] =
    ["password", "passwd", "passphrase", "clientsecret", "apikey", "accesstoken", "refreshtoken", "privatekey"];

/// Nothing is elicited.
#[must_use]
pub(crate) fn nothing_is_elicited(exchange: &Exchange) -> Finding {
    let expected = "a refusal that elicits nothing";
    let Some(response) = exchange.response() else { return answer::unanswered(exchange, expected) };
    let elicited = elicited(response).len();
    let actual = format!("{}: {}, {elicited} elicitations", exchange.request.label(), reply::shown(response));
    Finding::check(elicited == 0, expected, actual, exchange)
}

/// The answer holds none of these tokens, in content or header fields.
#[must_use]
pub(crate) fn carries_none_of(exchange: &Exchange, tokens: &[String]) -> Finding {
    let expected = "an answer without a token of the third party";
    let Some(response) = exchange.response() else { return answer::unanswered(exchange, expected) };
    if tokens.is_empty() {
        return Finding::inconclusive(expected, "the third party issued no token", vec![exchange.number]);
    }
    let content = String::from_utf8_lossy(&response.body);
    let fields = || response.headers.values().map(|value| String::from_utf8_lossy(value.as_bytes()));
    let carries = |token: &String| content.contains(token) || fields().any(|field| field.contains(token));
    let found = tokens.iter().any(carries);
    let actual = if found { "it holds one" } else { "it holds none" };
    Finding::check(!found, expected, format!("{}: {actual}", exchange.request.label()), exchange)
}

/// The call is carried out, and nothing is demanded for it.
#[must_use]
pub(crate) fn is_content(response: &Response) -> bool {
    reply::is_accepted(response) && !isolation::says_no(response) && elicited(response).is_empty()
}

/// What the tool demanded before it demands still: the user who opened the URL meanwhile did nothing for this one.
#[must_use]
pub(crate) fn still_demands(exchange: &Exchange) -> Finding {
    let expected = "the URL is elicited again, or the call is refused";
    let Some(response) = exchange.response() else { return answer::unanswered(exchange, expected) };
    let content = is_content(response);
    let actual = if content { "the call is carried out" } else { "so it is" };
    Finding::check(!content, expected, format!("{}: {actual}", exchange.request.label()), exchange)
}

/// A value that is shorter stands in a page by chance.
const SHORTEST: usize = 3;

/// A page that a browser without a login is shown names no user.
#[must_use]
pub(crate) fn names_no_user(exchange: &Exchange, known: &[String]) -> Finding {
    let expected = "a page that asks who comes, a redirect or a refusal, without anything of the user";
    let Some(response) = exchange.response() else { return answer::unanswered(exchange, expected) };
    let known: Vec<_> = known.iter().filter(|value| value.len() >= SHORTEST).collect();
    if known.is_empty() {
        return Finding::inconclusive(
            expected,
            "nothing is known of the user that could be shown",
            vec![exchange.number],
        );
    }
    let content = String::from_utf8_lossy(&response.body);
    let found = known.iter().any(|value| content.contains(value.as_str()));
    let actual = if found { "the page shows who the user is" } else { "it shows nothing of the user" };
    Finding::check(!found, expected, format!("{}: {actual}", reply::shown(response)), exchange)
}

/// Each elicitation that `concerns` the rule has no flaw.
fn each(
    exchange: &Exchange,
    expected: &str,
    concerns: impl Fn(&Value) -> bool,
    flaw: impl Fn(&Value) -> Option<String>,
) -> Finding {
    let Some(response) = exchange.response() else { return answer::unanswered(exchange, expected) };
    let found: Vec<_> = elicited(response).into_iter().filter(concerns).collect();
    if found.is_empty() {
        return Finding::not_applicable(expected, "nothing of the kind was elicited", vec![exchange.number]);
    }
    let flaw = found.iter().find_map(flaw);
    let actual = flaw.clone().unwrap_or_else(|| format!("so it is in {} of them", found.len()));
    Finding::check(flaw.is_none(), expected, actual, exchange)
}

/// No elicitation URL carries a secret or a mail address.
#[must_use]
pub(crate) fn urls_carry_no_secret(exchange: &Exchange) -> Finding {
    use secrecy::ExposeSecret as _;
    let token = exchange.request.presented.as_ref().map(|presented| presented.token.expose_secret().to_owned());
    let url = |params: &Value| params.get("url").and_then(Value::as_str).map(str::to_owned);
    each(
        exchange,
        "elicitation URLs without secrets and personal data",
        |params| url(params).is_some(),
        |params| url_flaw(&url(params)?, token.as_deref()),
    )
}

fn url_flaw(text: &str, token: Option<&str>) -> Option<String> {
    let url = Url::parse(text).ok()?;
    if token.is_some_and(|token| text.contains(token)) {
        return Some("a URL carries the presented token".to_owned());
    }
    if url.password().is_some() || !url.username().is_empty() {
        return Some("a URL carries user information before its host".to_owned());
    }
    url.query_pairs().find_map(|(name, value)| {
        let is_jwt = value.starts_with("eyJ") && value.matches('.').count() >= 2;
        let is_mail = value.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'));
        (is_secret(&name) || is_jwt || is_mail).then(|| format!("a URL carries the parameter {name}"))
    })
}

/// No form asks for a secret, as far as the format and the names of its properties tell.
#[must_use]
pub(crate) fn forms_ask_for_no_secret(exchange: &Exchange) -> Finding {
    let properties = |params: &Value| params.pointer("/requestedSchema/properties").and_then(Value::as_object).cloned();
    each(
        exchange,
        "forms that ask for no secret",
        |params| properties(params).is_some(),
        |params| {
            let asked = properties(params)?;
            let secret = asked.iter().find(|(name, schema)| {
                let text = schema.get("type").is_none_or(|kind| kind == "string");
                (text && asks_for_a_secret(name)) || schema.get("format").is_some_and(|format| format == "password")
            });
            secret.map(|(name, _)| format!("a form asks for {name}"))
        },
    )
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('-', "_");
    SECRETS.iter().any(|secret| name.contains(secret))
}

/// Whether the name of a property ends in the name of a secret, in whichever case its words are joined. A name that only
/// holds one, such as `token_count`, may stand for something else.
fn asks_for_a_secret(name: &str) -> bool {
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let letters = letters.to_ascii_lowercase();
    ASKED.iter().any(|secret| letters.ends_with(secret))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Verdict;
    use rstest::rstest;

    #[rstest]
    #[case("https://h/connect?elicitation=8f14e45f", None)]
    #[case("https://h/connect?access_token=a", Some("access_token"))]
    #[case("https://h/connect?who=eyJh.eyJz.c2ln", Some("who"))]
    #[case("https://h/connect?login_hint=alice%40example.org", Some("login_hint"))]
    #[case("https://alice@h/connect", Some("user information"))]
    #[case("https://h/t0ken-of-alice", Some("presented token"))]
    fn a_secret_in_a_url_is_noticed(#[case] url: &str, #[case] flaw: Option<&str>) {
        let found = url_flaw(url, Some("t0ken-of-alice"));
        assert_eq!(found.is_some(), flaw.is_some(), "{found:?}");
        assert!(flaw.is_none_or(|flaw| found.unwrap_or_default().contains(flaw)));
    }

    #[rstest]
    #[case("password", true)]
    #[case("apiKey", true)]
    #[case("github_access-token", true)]
    #[case("token_count", false)]
    #[case("colour", false)]
    fn a_property_that_asks_for_a_secret_is_known_by_how_its_name_ends(#[case] name: &str, #[case] expected: bool) {
        assert_eq!(asks_for_a_secret(name), expected);
    }

    fn exchange(body: &str) -> Exchange {
        let (headers, body) = (http::HeaderMap::new(), body.to_owned().into());
        let answer = Ok(Response { status: 200, headers, body, truncated: false });
        let request = crate::wire::Request::get("a call", "http://localhost/mcp");
        Exchange { number: 1, request, answer, honest: None, took: std::time::Duration::ZERO }
    }

    #[rstest]
    #[case(r#"{"error":{"code":-32042,"data":{"elicitations":[{"mode":"url"}]}}}"#, Verdict::Met)]
    #[case(r#"{"result":{"content":[],"isError":true}}"#, Verdict::Met)]
    #[case(r#"{"result":{"content":[]}}"#, Verdict::Violated)]
    fn a_tool_that_works_demands_nothing_any_more(#[case] body: &str, #[case] expected: Verdict) {
        assert_eq!(still_demands(&exchange(body)).verdict, expected);
    }

    #[rstest]
    #[case(&["alice"], Verdict::Violated)]
    #[case(&["bob"], Verdict::Met)]
    #[case(&["a"], Verdict::Inconclusive)]
    fn a_page_that_names_the_user_is_noticed(#[case] known: &[&str], #[case] expected: Verdict) {
        let known: Vec<_> = known.iter().map(|value| (*value).to_owned()).collect();
        assert_eq!(names_no_user(&exchange("<p>Hello alice</p>"), &known).verdict, expected);
    }

    #[rstest]
    #[case(&["mark"], Verdict::Violated)]
    #[case(&["other"], Verdict::Met)]
    #[case(&[], Verdict::Inconclusive)]
    fn a_token_of_the_third_party_is_found(#[case] tokens: &[&str], #[case] expected: Verdict) {
        let tokens: Vec<_> = tokens.iter().map(|token| (*token).to_owned()).collect();
        assert_eq!(carries_none_of(&exchange(r#"{"result":{"text":"a mark"}}"#), &tokens).verdict, expected);
    }
}
