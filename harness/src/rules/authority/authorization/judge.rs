//! What an authorization response must hold. Pure.

use crate::findings::{Finding, answer};
use crate::protocol::redirect::redirect_param;
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
pub(super) fn brings_a_code(exchange: &Exchange) -> Finding {
    on(exchange, "a redirect to the client with one code", |response| match redirect_param(response, "code").len() {
        0 => (false, format!("HTTP {} without a code", response.status)),
        1 => (true, "one code".to_owned()),
        count => (false, format!("{count} codes")),
    })
}

/// No code is issued.
#[must_use]
pub(super) fn brings_no_code(exchange: &Exchange) -> Finding {
    on(exchange, "no code before the user has logged in", |response| {
        let codes = redirect_param(response, "code").len();
        (codes == 0, format!("HTTP {} with {codes} codes", response.status))
    })
}

/// `state` comes back unchanged and once.
#[must_use]
pub(super) fn returns_state(exchange: &Exchange) -> Finding {
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
