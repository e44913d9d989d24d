//! What a token endpoint answered (OAuth 2.1 §3.2.3). A reader without opinions.

use crate::wire::Exchange;
use serde_json::Value;

/// The access token in an answer.
#[must_use]
pub fn access_token(exchange: &Exchange) -> Option<String> {
    member(exchange, "access_token")
}

/// The refresh token in an answer.
#[must_use]
pub fn refresh_token(exchange: &Exchange) -> Option<String> {
    member(exchange, "refresh_token")
}

fn member(exchange: &Exchange, name: &str) -> Option<String> {
    exchange.response()?.json()?.get(name).and_then(Value::as_str).map(str::to_owned)
}
