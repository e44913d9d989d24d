//! What a token response must be. Pure.

use crate::findings::{Finding, answer};
use crate::protocol::reply;
use crate::wire::{Exchange, Response};
use serde_json::Value;

fn on(exchange: &Exchange, expected: &str, judge: impl FnOnce(&Response) -> (bool, String)) -> Finding {
    match exchange.response() {
        None => answer::unanswered(exchange, expected),
        Some(response) => {
            let (holds, actual) = judge(response);
            Finding::check(holds, expected, actual, exchange)
        }
    }
}

/// A token response is 200, JSON, with `access_token` and `token_type` (OAuth 2.1 §3.2.3).
#[must_use]
pub(super) fn is_token_response(exchange: &Exchange) -> Finding {
    on(exchange, "HTTP 200, application/json, with access_token and token_type Bearer", |response| {
        let document = response.json().unwrap_or_default();
        let text = |name: &str| document.get(name).and_then(Value::as_str);
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
pub(super) fn is_invalid_grant(exchange: &Exchange) -> Finding {
    on(exchange, "HTTP 400 with error invalid_grant and no token", |response| {
        let document = response.json().unwrap_or_default();
        let error = document.get("error").and_then(Value::as_str).unwrap_or("none").to_owned();
        let holds = response.status == 400 && error == "invalid_grant" && document.get("access_token").is_none();
        (holds, format!("HTTP {} with error {error}", response.status))
    })
}
