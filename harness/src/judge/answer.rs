//! Status codes, and whether an answer gives anything away.

use super::{Finding, jsonrpc};
use crate::wire::{Exchange, Response};

/// The finding about an exchange that has no answer: a dead subject keeps no rule and breaks none.
#[must_use]
pub fn unanswered(exchange: &Exchange, expected: &str) -> Finding {
    let reason = match &exchange.answer {
        Err(failure) => format!("{}: {failure}", exchange.request.label),
        Ok(_) => "there is an answer".to_owned(),
    };
    Finding::inconclusive(expected, reason, vec![exchange.number])
}

fn on(exchange: &Exchange, expected: &str, holds: impl FnOnce(&Response) -> bool) -> Finding {
    match exchange.response() {
        None => unanswered(exchange, expected),
        Some(response) => {
            let actual = format!("{}: {}", exchange.request.label, shown(response));
            Finding::check(holds(response), expected, actual, exchange)
        }
    }
}

/// An answer in one line: the status and what the content is.
#[must_use]
pub fn shown(response: &Response) -> String {
    let content = if jsonrpc::result(response).is_some() {
        "with a JSON-RPC result".to_owned()
    } else if let Some(code) = jsonrpc::error_code(response) {
        format!("with JSON-RPC error {code}")
    } else {
        match response.media_type() {
            _ if response.body.is_empty() => "without content".to_owned(),
            Some(media_type) => format!("with {media_type}"),
            None => "with content of no type".to_owned(),
        }
    };
    format!("HTTP {} {content}", response.status)
}

/// The status is exactly this one.
#[must_use]
pub fn status_is(exchange: &Exchange, expected: u16) -> Finding {
    on(exchange, &format!("HTTP {expected}"), |response| response.status == expected)
}

/// The answer holds no JSON-RPC result, so nothing that was asked for was done as far as the wire shows.
#[must_use]
pub fn holds_no_result(exchange: &Exchange) -> Finding {
    on(exchange, "no JSON-RPC result", |response| jsonrpc::result(response).is_none())
}

/// The request was accepted: success, and for a request that has an answer, a result in it.
#[must_use]
pub fn accepted(exchange: &Exchange) -> Finding {
    on(exchange, "HTTP 2xx, and no JSON-RPC error", is_accepted)
}

/// Whether an answer says that the request was accepted.
#[must_use]
pub fn is_accepted(response: &Response) -> bool {
    response.is_success() && jsonrpc::error_code(response).is_none()
}

/// The token was refused: HTTP 401, 403 or 400, and no result. Which of them is right is another requirement.
#[must_use]
pub fn refused(exchange: &Exchange) -> Finding {
    on(exchange, "a refusal (401; 400 and 403 are judged elsewhere) without a result", |response| {
        matches!(response.status, 400 | 401 | 403) && jsonrpc::result(response).is_none()
    })
}
