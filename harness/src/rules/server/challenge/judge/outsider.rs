//! What refusals tell a caller who has no token.

use crate::findings::{Finding, answer};
use crate::protocol::reply;
use crate::wire::{Exchange, Response};
use http::header::WWW_AUTHENTICATE;
use serde_json::Value;

/// What an outsider can tell one refusal from another by; ids, times and the like are not looked at.
#[derive(PartialEq, Eq)]
struct Telling {
    status: u16,
    challenges: Vec<String>,
    errors: Vec<String>,
}

impl Telling {
    fn of(response: &Response) -> Self {
        let document = response.json().unwrap_or_default();
        let members = ["/error", "/error_description", "/error/code", "/error/message", "/message", "/detail"];
        let text = |member: &&str| document.pointer(member).filter(|value| !value.is_object()).map(Value::to_string);
        Self {
            status: response.status,
            challenges: response.header_values(&WWW_AUTHENTICATE),
            errors: members.iter().filter_map(text).collect(),
        }
    }
}

/// All refusals look alike. In which form a request without a token is refused, RS-CHALLENGE-01 says, and so it does of one
/// that is served.
#[must_use]
pub(crate) fn refusals_are_alike(exchanges: &[Exchange]) -> Finding {
    let expected = "the same status, challenge and error each time";
    let evidence = || exchanges.iter().map(|exchange| exchange.number).collect();
    let mut seen = Vec::new();
    for exchange in exchanges {
        let Some(response) = exchange.response() else { return answer::unanswered(exchange, expected) };
        if reply::holds_what_was_asked(response) {
            let reason = format!("{}: served without a token; see RS-CHALLENGE-01", exchange.request.label());
            return Finding::not_applicable(expected, reason, evidence());
        }
        seen.push((exchange, Telling::of(response), response));
    }
    let first = seen.first().map(|(_, telling, _)| telling);
    let odd = seen.iter().find(|(_, telling, _)| Some(telling) != first);
    let actual = match (odd, seen.first()) {
        (Some((exchange, _, response)), Some((ordinary, _, before))) => format!(
            "{}: {}, and {}: {}",
            ordinary.request.label(),
            reply::shown_with_content(before),
            exchange.request.label(),
            reply::shown_with_content(response)
        ),
        _ => "the same each time".to_owned(),
    };
    Finding::of(odd.is_none(), expected, actual, evidence())
}
