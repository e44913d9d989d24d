//! What reaches an upstream API, and what may be elicited. Pure.

mod elicitation;
mod inside;

pub(super) use elicitation::*;
pub(super) use inside::shows_nothing_of_the_inside;

use crate::findings::Finding;
use crate::wire::Exchange;
use secrecy::{ExposeSecret as _, SecretString};

/// The upstream API was called, and the client's token was nowhere in it.
#[must_use]
pub(super) fn token_stays_here(calls: &[Exchange], token: &SecretString) -> Finding {
    let expected = "calls of the upstream API, none of which carries the client's token";
    let evidence = calls.iter().map(|exchange| exchange.number).collect();
    if calls.is_empty() {
        return Finding::inconclusive(expected, "the upstream API was not called", evidence);
    }
    let carrying = calls.iter().find(|exchange| carries(exchange, token.expose_secret()));
    let actual = match carrying {
        Some(exchange) => format!("{} {} carries it", exchange.request.method, exchange.request.path()),
        None => format!("{} calls without it", calls.len()),
    };
    Finding::of(carrying.is_none(), expected, actual, evidence)
}

fn carries(exchange: &Exchange, token: &str) -> bool {
    let request = &exchange.request;
    let holds = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains(token);
    holds(request.url.as_bytes())
        || holds(&request.body)
        || request.headers.values().any(|value| holds(value.as_bytes()))
}
