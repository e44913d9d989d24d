//! Assertions about one answer: whether its request was served, which status it has, whether it gives anything away.

use super::Finding;
use super::availability;
use super::treatment::Treatment;
use crate::protocol::jsonrpc;
use crate::protocol::reply::{holds_what_was_asked, is_accepted, shown, shown_with_content};
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

/// The answer holds no JSON-RPC result, so nothing that was asked for was done as far as the wire shows. That a tool says
/// it failed is none.
#[must_use]
pub fn holds_no_result(exchange: &Exchange) -> Finding {
    on(exchange, "no JSON-RPC result", |response| !holds_what_was_asked(response))
}

/// The request was accepted: it is served, or it came as far as a tool that failed.
#[must_use]
pub fn accepted(exchange: &Exchange) -> Finding {
    on(exchange, "HTTP 2xx, and a result or a stream where one is asked for", |response| {
        let ran = jsonrpc::result(response).is_some();
        is_accepted(response) && (ran || Treatment::of(exchange) == Treatment::Served)
    })
}

/// The server answered and did not fail over the request.
#[must_use]
pub fn does_not_break(exchange: &Exchange) -> Finding {
    on(exchange, "any answer below HTTP 500", |response| response.status < 500)
}

/// Statuses by which a string that is no valid token may be refused: it is invalid (401), the request is malformed (400,
/// RFC 6750 §3.1), or it is too large to be looked at (413, 414, 431).
const REFUSALS_OF_STRINGS: [u16; 5] = [400, 401, 413, 414, 431];

/// A string that is no valid token was refused, and as RFC 6750 has it: the server did not fail over it.
#[must_use]
pub fn refused_as_no_token(exchange: &Exchange) -> Finding {
    let expected = "a refusal by 401 or 400 (413, 414 or 431 for its length), and no result";
    let Some(response) = exchange.response() else { return unanswered(exchange, expected) };
    let holds = Treatment::of(exchange) != Treatment::Served && REFUSALS_OF_STRINGS.contains(&response.status);
    Finding::check(holds, expected, seen(exchange, response), exchange)
}

/// The same for a request so large that a server may hang up on it. That the server lives on must be seen by the next one.
#[must_use]
pub fn turned_away(exchange: &Exchange) -> Finding {
    match &exchange.answer {
        Err(Failure::Connection(_) | Failure::NotHttp(_)) => {
            Finding::check(true, "a refusal, or no answer at all", "the server hung up", exchange)
        }
        _ => refused_as_no_token(exchange),
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
        !messages.any(|message| message.get("id") == protected.as_ref() && jsonrpc::gives_something(&message))
    })
}

/// The request was not served. By which status it was refused is for other requirements.
#[must_use]
pub fn refused(exchange: &Exchange) -> Finding {
    let expected = "a request that is not served: no result, no stream";
    let Some(response) = exchange.response() else { return unanswered(exchange, expected) };
    let seen = seen(exchange, response);
    match Treatment::of(exchange) {
        Treatment::Served => Finding::check(false, expected, format!("it is served: {seen}"), exchange),
        Treatment::Refused => Finding::check(true, expected, seen, exchange),
        Treatment::Unknown => {
            let finding = Finding::inconclusive(expected, seen, vec![exchange.number]);
            match availability::lack(exchange) {
                Some(lack) => finding.for_want_of(lack),
                None => finding,
            }
        }
    }
}

/// The answer in one line; its content too, where it is neither a challenge nor a result.
fn seen(exchange: &Exchange, response: &Response) -> String {
    let is_plain = response.status == 401 || Treatment::of(exchange) == Treatment::Served;
    let shown = if is_plain { shown(response) } else { shown_with_content(response) };
    format!("{}: {shown}", exchange.request.label())
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

    const LIST: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
    const RESULT: &str = r#"{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}"#;
    const ERROR: &str = r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"no"}}"#;

    #[rstest]
    #[case::challenge(401, "{}", Verdict::Met, Verdict::Met)]
    #[case::malformed(400, "", Verdict::Met, Verdict::Met)]
    #[case::too_long(431, "", Verdict::Met, Verdict::Met)]
    #[case::forbidden(403, "", Verdict::Met, Verdict::Violated)]
    #[case::not_found(404, "", Verdict::Met, Verdict::Violated)]
    #[case::redirect(302, "", Verdict::Met, Verdict::Violated)]
    #[case::fault(500, "Internal Server Error", Verdict::Met, Verdict::Violated)]
    #[case::error_in_band(200, ERROR, Verdict::Met, Verdict::Violated)]
    #[case::served(200, RESULT, Verdict::Violated, Verdict::Violated)]
    #[case::served_behind_a_refusal(401, RESULT, Verdict::Violated, Verdict::Violated)]
    #[case::put_off(503, "", Verdict::Inconclusive, Verdict::Violated)]
    fn whether_a_request_is_served_and_how_it_is_refused_are_two_questions(
        #[case] status: u16,
        #[case] body: &str,
        #[case] served: Verdict,
        #[case] form: Verdict,
    ) {
        let exchange = exchange(LIST, Ok((status, body.to_owned())));
        assert_eq!(refused(&exchange).verdict, served);
        assert_eq!(refused_as_no_token(&exchange).verdict, form);
    }

    #[test]
    fn an_odd_answer_is_shown() {
        let finding = refused(&exchange(LIST, Ok((500, "Internal\nServer Error".to_owned()))));
        assert_eq!(finding.actual, "a request: HTTP 500 with content of no type: `Internal Server Error`");
    }

    #[rstest]
    #[case::silence(Err(Failure::Silence(Duration::ZERO)), Verdict::Inconclusive, Verdict::Inconclusive)]
    #[case::hung_up(Err(Failure::Connection("reset".to_owned())), Verdict::Inconclusive, Verdict::Met)]
    fn without_an_answer_nothing_is_known_but_that_a_server_hung_up(
        #[case] answer: Result<(u16, String), Failure>,
        #[case] served: Verdict,
        #[case] away: Verdict,
    ) {
        let exchange = exchange(LIST, answer);
        assert_eq!(refused(&exchange).verdict, served);
        assert_eq!(turned_away(&exchange).verdict, away);
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
