//! What a server elicits from a user by way of the client, in whichever form the revision has it.

use super::jsonrpc;
use super::{Finding, answer};
use crate::wire::{Exchange, Response};
use serde_json::Value;
use url::Url;

/// The JSON-RPC error by which a server demands that a URL is opened first (MCP 2025-11-25).
const URL_ELICITATION_REQUIRED: i64 = -32042;

/// Names of things that nobody may be asked for in a form, and that no URL may carry.
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

/// The parameters of everything that an answer elicits.
#[must_use]
pub fn elicited(response: &Response) -> Vec<Value> {
    let mut found = Vec::new();
    for message in jsonrpc::messages(response) {
        if is_elicitation(&message) {
            found.extend(message.get("params").cloned());
        }
        if message.pointer("/error/code").and_then(Value::as_i64) == Some(URL_ELICITATION_REQUIRED) {
            let demanded = message.pointer("/error/data/elicitations").and_then(Value::as_array);
            found.extend(demanded.cloned().unwrap_or_else(|| vec![Value::Null]));
        }
        let inputs = message.pointer("/result/inputRequests").and_then(Value::as_object);
        let inputs = inputs.into_iter().flat_map(serde_json::Map::values).filter(|request| is_elicitation(request));
        found.extend(inputs.filter_map(|request| request.get("params").cloned()));
    }
    found
}

fn is_elicitation(message: &Value) -> bool {
    message.get("method").is_some_and(|method| method == "elicitation/create")
}

/// Nothing is elicited.
#[must_use]
pub fn nothing_is_elicited(exchange: &Exchange) -> Finding {
    let expected = "a refusal that elicits nothing";
    let Some(response) = exchange.response() else { return answer::unanswered(exchange, expected) };
    let elicited = elicited(response).len();
    let actual = format!("{}: {}, {elicited} elicitations", exchange.request.label, answer::shown(response));
    Finding::check(elicited == 0, expected, actual, exchange)
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
pub fn urls_carry_no_secret(exchange: &Exchange) -> Finding {
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

/// No form asks for a secret, as far as the names of its properties tell.
#[must_use]
pub fn forms_ask_for_no_secret(exchange: &Exchange) -> Finding {
    let properties = |params: &Value| params.pointer("/requestedSchema/properties").and_then(Value::as_object).cloned();
    each(
        exchange,
        "forms that ask for no secret",
        |params| properties(params).is_some(),
        |params| {
            let asked = properties(params)?;
            let secret = asked.iter().find(|(name, schema)| {
                is_secret(name) || schema.get("format").is_some_and(|format| format == "password")
            });
            secret.map(|(name, _)| format!("a form asks for {name}"))
        },
    )
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('-', "_");
    SECRETS.iter().any(|secret| name.contains(secret))
}

#[cfg(test)]
mod tests {
    use super::*;
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
    #[case(r#"{"method":"elicitation/create","params":{"mode":"url"}}"#)]
    #[case(r#"{"error":{"code":-32042,"data":{"elicitations":[{"mode":"url"}]}}}"#)]
    #[case(r#"{"result":{"inputRequests":{"a":{"method":"elicitation/create","params":{"mode":"url"}}}}}"#)]
    fn an_elicitation_is_found_in_every_form(#[case] body: &str) {
        let (headers, body) = (http::HeaderMap::new(), body.to_owned().into());
        assert_eq!(elicited(&Response { status: 200, headers, body, truncated: false }).len(), 1);
    }
}
