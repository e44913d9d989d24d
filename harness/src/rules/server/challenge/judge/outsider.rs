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

/// Every request is refused with 401, and all refusals look alike.
#[must_use]
pub(crate) fn refusals_are_alike(exchanges: &[Exchange]) -> Finding {
    let expected = "HTTP 401 with the same challenge and error each time";
    let mut seen = Vec::new();
    for exchange in exchanges {
        let Some(response) = exchange.response() else { return answer::unanswered(exchange, expected) };
        seen.push((exchange, Telling::of(response), reply::shown(response)));
    }
    let odd =
        seen.iter().find(|(_, telling, _)| telling.status != 401 || Some(telling) != seen.first().map(|one| &one.1));
    let actual = match odd {
        None => "the same each time".to_owned(),
        Some((exchange, telling, shown)) => {
            format!("{}: {shown} {}", exchange.request.label(), telling.errors.join(" "))
        }
    };
    Finding::of(odd.is_none(), expected, actual, exchanges.iter().map(|exchange| exchange.number).collect())
}
