//! Whether a request without a good token was given anything: a result, a stream, or that a message was taken.

use crate::findings::{Finding, answer};
use crate::protocol::{jsonrpc, reply};
use crate::rules::server::challenge::evidence::OfOldTransport;
use crate::rules::server::common::evidence::Effect;
use crate::wire::{Exchange, Response};
use http::Method;
use serde_json::Value;

const EXPECTED: &str = "no result, no stream, and no message taken";

/// Nothing was given out to a request that has no good token, in whatever form it was refused.
#[must_use]
pub(crate) fn nothing_was_given_out(exchange: &Exchange, effect: Option<Effect>) -> Finding {
    let Some(response) = exchange.response() else { return answer::unanswered(exchange, EXPECTED) };
    let what = match effect {
        Some(Effect::Seen) => Some("the call took its effect, which can be read back"),
        _ => given_out(exchange, response),
    };
    let seen = format!("{}: {}", exchange.request.label(), reply::shown_with_content(response));
    let actual = what.map_or_else(|| seen.clone(), |what| format!("{seen}; {what}"));
    Finding::check(what.is_none(), EXPECTED, actual, exchange)
}

/// No message without a token got through the message endpoint of the older transport.
#[must_use]
pub(crate) fn no_message_got_through(seen: &OfOldTransport) -> Finding {
    let expected = "a refusal, and no result by the stream";
    let evidence = seen.0.iter().map(|(exchange, _)| exchange.number).collect();
    let shown = |exchange: &Exchange, what: &str| {
        let answer = exchange.response().map_or_else(|| "no answer".to_owned(), reply::shown_with_content);
        format!("{} ({}): {answer}{what}", exchange.request.label(), exchange.request.url)
    };
    if seen.0.is_empty() {
        return Finding::not_applicable(expected, "the server does not offer the older transport", evidence);
    }
    let served =
        |(exchange, came): &&(Exchange, bool)| *came || exchange.response().is_some_and(reply::holds_what_was_asked);
    if let Some((exchange, came)) = seen.0.iter().find(served) {
        let what = if *came { "; the result came by the stream" } else { "" };
        return Finding::of(false, expected, shown(exchange, what), evidence);
    }
    if let Some((exchange, _)) =
        seen.0.iter().find(|(exchange, _)| exchange.response().is_none_or(Response::is_success))
    {
        return Finding::inconclusive(expected, shown(exchange, "; nothing came by the stream"), evidence);
    }
    let all: Vec<_> = seen.0.iter().map(|(exchange, _)| shown(exchange, "")).collect();
    Finding::of(true, expected, all.join("; "), evidence)
}

fn given_out(exchange: &Exchange, response: &Response) -> Option<&'static str> {
    let sent: Value = serde_json::from_slice(&exchange.request.body).unwrap_or_default();
    if let Some(batch) = sent.as_array() {
        let asked: Vec<_> =
            batch.iter().filter(|message| message["method"] != "ping").map(|message| &message["id"]).collect();
        let served = |message: &Value| {
            message.get("result").is_some() && message.get("id").is_some_and(|id| asked.contains(&id))
        };
        return jsonrpc::messages(response).iter().any(served).then_some("the message that takes a token has a result");
    }
    if reply::holds_what_was_asked(response) {
        return Some("it has a result");
    }
    let streams = response.media_type().as_deref() == Some("text/event-stream");
    if response.is_success() && streams && matches!(exchange.request.method, Method::GET | Method::HEAD) {
        return Some("a stream is opened");
    }
    let notifies = sent["method"].as_str().is_some_and(|method| method.starts_with("notifications/"));
    let taken = notifies && response.is_success() && jsonrpc::error_code(response).is_none();
    taken.then_some("the notification is taken")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Verdict;
    use crate::wire::Request;
    use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
    use rstest::rstest;
    use serde_json::json;
    use std::time::Duration;

    const LIST: &str = r#"{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}"#;
    const ERROR: &str = r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"no"}}"#;

    fn exchange(method: Method, sent: &Value, status: u16, content_type: &'static str, body: &'static str) -> Exchange {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(content_type))]);
        let answer = Ok(Response { status, headers, body: body.into(), truncated: false });
        let request = Request::new("it", method, "http://localhost/mcp").content(sent.to_string());
        Exchange { number: 1, request, answer, honest: None, took: Duration::ZERO }
    }

    #[rstest]
    #[case::result(200, LIST, Verdict::Violated)]
    #[case::result_behind_a_401(401, LIST, Verdict::Violated)]
    #[case::error(200, ERROR, Verdict::Met)]
    #[case::page(200, "<html>", Verdict::Met)]
    #[case::failure(500, "", Verdict::Met)]
    #[case::refusal(401, "", Verdict::Met)]
    fn a_result_is_given_out_and_nothing_else(
        #[case] status: u16,
        #[case] body: &'static str,
        #[case] expected: Verdict,
    ) {
        let call = json!({ "id": 1, "method": "tools/list" });
        let exchange = exchange(Method::POST, &call, status, "application/json", body);
        assert_eq!(nothing_was_given_out(&exchange, None).verdict, expected);
    }

    #[rstest]
    #[case(202, "", Verdict::Violated)]
    #[case(200, ERROR, Verdict::Met)]
    #[case(401, "", Verdict::Met)]
    fn a_notification_is_taken_or_refused(#[case] status: u16, #[case] body: &'static str, #[case] expected: Verdict) {
        let sent = json!({ "method": "notifications/initialized" });
        let exchange = exchange(Method::POST, &sent, status, "application/json", body);
        assert_eq!(nothing_was_given_out(&exchange, None).verdict, expected);
    }

    #[rstest]
    #[case(200, "text/event-stream", Verdict::Violated)]
    #[case(200, "text/html", Verdict::Met)]
    #[case(405, "text/event-stream", Verdict::Met)]
    fn a_stream_is_opened_or_not(#[case] status: u16, #[case] content_type: &'static str, #[case] expected: Verdict) {
        let exchange = exchange(Method::HEAD, &Value::Null, status, content_type, "");
        assert_eq!(nothing_was_given_out(&exchange, None).verdict, expected);
    }

    #[rstest]
    #[case(r#"[{"id":"p","result":{}},{"id":1,"error":{"code":-32001}}]"#, Verdict::Met)]
    #[case(r#"[{"id":"p","result":{}},{"id":1,"result":{"tools":[]}}]"#, Verdict::Violated)]
    fn a_harmless_message_of_a_batch_may_have_a_result(#[case] body: &'static str, #[case] expected: Verdict) {
        let batch = json!([{ "id": "p", "method": "ping" }, { "id": 1, "method": "tools/list" }]);
        let exchange = exchange(Method::POST, &batch, 200, "application/json", body);
        assert_eq!(nothing_was_given_out(&exchange, None).verdict, expected);
    }

    #[rstest]
    #[case::result_by_the_stream(202, true, Verdict::Violated)]
    #[case::taken(202, false, Verdict::Inconclusive)]
    #[case::refused(401, false, Verdict::Met)]
    fn a_message_to_the_older_transport_takes_a_token(
        #[case] status: u16,
        #[case] came: bool,
        #[case] expected: Verdict,
    ) {
        let message = json!({ "id": 1, "method": "tools/list" });
        let exchange = exchange(Method::POST, &message, status, "text/plain", "");
        assert_eq!(no_message_got_through(&OfOldTransport(vec![(exchange, came)])).verdict, expected);
    }

    #[test]
    fn a_server_without_the_older_transport_is_not_judged() {
        assert_eq!(no_message_got_through(&OfOldTransport(Vec::new())).verdict, Verdict::NotApplicable);
    }

    #[test]
    fn an_effect_that_can_be_read_back_was_given_out_whatever_the_answer() {
        let call = json!({ "method": "tools/call" });
        let exchange = exchange(Method::POST, &call, 401, "application/json", "");
        assert_eq!(nothing_was_given_out(&exchange, Some(Effect::Seen)).verdict, Verdict::Violated);
        assert_eq!(nothing_was_given_out(&exchange, Some(Effect::NotSeen)).verdict, Verdict::Met);
    }
}
