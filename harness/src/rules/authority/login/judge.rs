//! What an authorization server answers in the authorization code flow.

use crate::findings::{Finding, answer};
use crate::protocol::redirect::redirect_param;
use crate::protocol::reply;
use crate::wire::{Exchange, Response};

fn on(exchange: &Exchange, expected: &str, judge: impl FnOnce(&Response) -> (bool, String)) -> Finding {
    match exchange.response() {
        None => answer::unanswered(exchange, expected),
        Some(response) => {
            let (holds, actual) = judge(response);
            Finding::check(holds, expected, actual, exchange)
        }
    }
}

/// The browser comes back with exactly one code.
#[must_use]
pub(crate) fn brings_a_code(exchange: &Exchange) -> Finding {
    on(exchange, "a redirect to the client with one code", |response| match redirect_param(response, "code").len() {
        0 => (false, format!("HTTP {} without a code", response.status)),
        1 => (true, "one code".to_owned()),
        count => (false, format!("{count} codes")),
    })
}

/// No code is issued.
#[must_use]
pub(crate) fn brings_no_code(exchange: &Exchange) -> Finding {
    on(exchange, "no code before the user has logged in", |response| {
        let codes = redirect_param(response, "code").len();
        (codes == 0, format!("HTTP {} with {codes} codes", response.status))
    })
}

/// `state` comes back unchanged and once.
#[must_use]
pub(crate) fn returns_state(exchange: &Exchange) -> Finding {
    let sent = exchange.request.query("state");
    on(exchange, "the state that was sent, once", |response| {
        let returned = redirect_param(response, "state");
        let actual = match returned.as_slice() {
            [one] if sent.as_slice() == [one.clone()] => "the state that was sent".to_owned(),
            [_] => "another state".to_owned(),
            several => format!("{} state parameters", several.len()),
        };
        (returned == sent && sent.len() == 1, actual)
    })
}

/// A token response is 200, JSON, with `access_token` and `token_type` (OAuth 2.1 §3.2.3).
#[must_use]
pub(crate) fn is_token_response(exchange: &Exchange) -> Finding {
    on(exchange, "HTTP 200, application/json, with access_token and token_type Bearer", |response| {
        let document = response.json().unwrap_or_default();
        let text = |name: &str| document.get(name).and_then(serde_json::Value::as_str);
        let holds = response.status == 200
            && response.media_type().as_deref() == Some("application/json")
            && text("access_token").is_some_and(|token| !token.is_empty())
            && text("token_type").is_some_and(|kind| kind.eq_ignore_ascii_case("bearer"));
        let members: Vec<_> = document.as_object().into_iter().flat_map(|object| object.keys().cloned()).collect();
        (holds, format!("{} with members {}", reply::shown(response), members.join(", ")))
    })
}

/// A code or verifier is refused with `invalid_grant`, and no token is given.
#[must_use]
pub(crate) fn is_invalid_grant(exchange: &Exchange) -> Finding {
    on(exchange, "HTTP 400 with error invalid_grant and no token", |response| {
        let document = response.json().unwrap_or_default();
        let error = document.get("error").and_then(serde_json::Value::as_str).unwrap_or("none").to_owned();
        let holds = response.status == 400 && error == "invalid_grant" && document.get("access_token").is_none();
        (holds, format!("HTTP {} with error {error}", response.status))
    })
}
