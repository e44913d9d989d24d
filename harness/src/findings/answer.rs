//! Status codes, and whether an answer gives anything away.

use super::Finding;
use crate::protocol::jsonrpc;
use crate::protocol::reply::{is_accepted, shown};
use crate::wire::{Exchange, Failure, Response};

/// The finding about an exchange that has no answer: a dead subject keeps no rule and breaks none.
#[must_use]
pub fn unanswered(exchange: &Exchange, expected: &str) -> Finding {
    let nothing = |reason: String| Finding::inconclusive(expected, reason, vec![exchange.number]);
    match &exchange.answer {
        Err(failure) => nothing(format!("{}: {failure}", exchange.request.label())).for_want_of(failure.to_string()),
        Ok(_) => nothing("there is an answer".to_owned()),
    }
}

fn on(exchange: &Exchange, expected: &str, holds: impl FnOnce(&Response) -> bool) -> Finding {
    match exchange.response() {
        None => unanswered(exchange, expected),
        Some(response) => {
            let actual = format!("{}: {}", exchange.request.label(), shown(response));
            Finding::check(holds(response), expected, actual, exchange)
        }
    }
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

/// The server answered and did not fail over the request.
#[must_use]
pub fn does_not_break(exchange: &Exchange) -> Finding {
    on(exchange, "any answer below HTTP 500", |response| response.status < 500)
}

/// The token was refused, or the request that carries it was too large to be looked at.
#[must_use]
pub fn refused_or_too_large(exchange: &Exchange) -> Finding {
    on(exchange, "a refusal (400, 401 or 403, or 413, 414 or 431 for the length) without a result", |response| {
        matches!(response.status, 400 | 401 | 403 | 413 | 414 | 431) && jsonrpc::result(response).is_none()
    })
}

/// The same for a request so large that a server may hang up on it. That the server lives on must be seen by the next one.
#[must_use]
pub fn turned_away(exchange: &Exchange) -> Finding {
    match &exchange.answer {
        Err(Failure::Connection(_) | Failure::NotHttp(_)) => {
            Finding::check(true, "a refusal, or no answer at all", "the server hung up", exchange)
        }
        _ => refused_or_too_large(exchange),
    }
}

/// A text does not stand in the answer.
#[must_use]
pub fn does_not_show(exchange: &Exchange, text: &str) -> Finding {
    on(exchange, "an answer without what belongs to the user", |response| {
        !String::from_utf8_lossy(&response.body).contains(text)
    })
}

/// A request by plain http was not processed: nobody listens, or the answer is a redirect or a refusal other than the 401
/// that https would give. That the endpoint answers at all must have been seen before, for nobody listens at a dead one.
#[must_use]
pub fn is_not_processed(exchange: &Exchange) -> Finding {
    let expected = "no connection, a redirect, or a refusal without a challenge";
    match &exchange.answer {
        Err(Failure::Connection(_) | Failure::NotHttp(_)) => {
            Finding::check(true, expected, "no answer by plain http", exchange)
        }
        Err(_) => unanswered(exchange, expected),
        Ok(_) => on(exchange, expected, |response| (300..500).contains(&response.status) && response.status != 401),
    }
}

/// The message of a batch that needs authorization has no result; what its neighbours have is of no matter.
#[must_use]
pub fn protected_message_has_no_result(exchange: &Exchange) -> Finding {
    let expected = "no result for the protected message of the batch";
    let batch: Vec<serde_json::Value> = serde_json::from_slice(&exchange.request.body).unwrap_or_default();
    let protected = batch.iter().find(|message| message["method"] != "ping").map(|message| message["id"].clone());
    on(exchange, expected, |response| {
        let mut messages = jsonrpc::messages(response).into_iter();
        !messages.any(|message| message.get("id") == protected.as_ref() && message.get("result").is_some())
    })
}

/// The token was refused: HTTP 401, 403 or 400, and no result. Which of them is right is another requirement.
#[must_use]
pub fn refused(exchange: &Exchange) -> Finding {
    on(exchange, "a refusal (401; 400 and 403 are judged elsewhere) without a result", |response| {
        matches!(response.status, 400 | 401 | 403) && jsonrpc::result(response).is_none()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Verdict;
    use crate::wire::Request;
    use http::{HeaderMap, Method};
    use rstest::rstest;
    use serde_json::json;
    use std::time::Duration;

    fn exchange(request: &str, answer: Result<(u16, String), Failure>) -> Exchange {
        let answer = answer.map(|(status, body)| Response {
            status,
            headers: HeaderMap::new(),
            body: body.into(),
            truncated: false,
        });
        let request = Request::new("a request", Method::POST, "https://mcp.example/mcp").content(request.to_owned());
        Exchange { number: 1, request, answer, honest: None, took: Duration::ZERO }
    }

    #[rstest]
    #[case::nobody_listens(Err(Failure::Connection("refused".to_owned())), Verdict::Met)]
    #[case::redirect(Ok((301, String::new())), Verdict::Met)]
    #[case::refusal(Ok((403, String::new())), Verdict::Met)]
    #[case::challenge_as_by_https(Ok((401, String::new())), Verdict::Violated)]
    #[case::served(Ok((200, "{}".to_owned())), Verdict::Violated)]
    #[case::silence(Err(Failure::Silence(Duration::ZERO)), Verdict::Inconclusive)]
    fn plain_http_may_lead_nowhere(#[case] answer: Result<(u16, String), Failure>, #[case] expected: Verdict) {
        assert_eq!(is_not_processed(&exchange("", answer)).verdict, expected);
    }

    #[rstest]
    #[case::public_message_answered(json!([{ "id": "ping-1", "result": {} }]), Verdict::Met)]
    #[case::error_for_the_protected_one(json!([{ "id": 1, "error": { "code": -32001 } }]), Verdict::Met)]
    #[case::protected_message_answered(
        json!([{ "id": "ping-1", "result": {} }, { "id": 1, "result": { "tools": [] } }]),
        Verdict::Violated
    )]
    fn each_message_of_a_batch_is_looked_at(#[case] answer: serde_json::Value, #[case] expected: Verdict) {
        let batch = json!([{ "id": "ping-1", "method": "ping" }, { "id": 1, "method": "tools/list" }]).to_string();
        let finding = protected_message_has_no_result(&exchange(&batch, Ok((200, answer.to_string()))));
        assert_eq!(finding.verdict, expected);
    }
}
