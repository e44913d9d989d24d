//! How the other party treated a request: whether it served it, which is all that a rule about tokens asks. Which form a
//! refusal must have is asked by rules of their own.
//!
//! Pure, and without opinions about statuses: a 401 whose content is the result has served, and a 200 whose content is an
//! error has not.

use crate::protocol::jsonrpc;
use crate::wire::{Exchange, Reading, Request, Response};
use http::Method;
use serde_json::Value;

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// It was carried out: a result came, a stream was opened, a message without an answer was taken.
    Served,
    /// The party answered, and served nothing.
    Refused,
    /// Nothing can be said: no answer came, or one that only puts the request off.
    Unknown,
}

/// What a request asks for, which decides by what it is known to be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    /// The answer to a JSON-RPC request.
    Result,
    /// An event stream.
    Stream,
    /// Nothing but a status: the request ends a session, or carries no message that has an answer.
    Acknowledgement,
}

impl Treatment {
    /// What became of the request of this exchange.
    #[must_use]
    pub fn of(exchange: &Exchange) -> Self {
        exchange.response().map_or(Self::Unknown, |response| Self::by(&exchange.request, response))
    }

    fn by(request: &Request, response: &Response) -> Self {
        let messages = jsonrpc::messages(response);
        let is_stream = response.media_type().as_deref() == Some("text/event-stream");
        let is_answer = |message: &Value| message.get("result").is_some() || message.get("error").is_some();
        if messages.iter().any(jsonrpc::gives_something) {
            return Self::Served;
        }
        if response.is_put_off() || request.delivery.edge.is_some() {
            return Self::Unknown;
        }
        if !response.is_success() || messages.iter().any(is_answer) {
            return Self::Refused;
        }
        match wanted(request) {
            Wanted::Acknowledgement => Self::Served,
            Wanted::Stream if is_stream => Self::Served,
            // A stream that answers a request may have been left open by the party or by the bench.
            Wanted::Result if is_stream && (request.reading == Reading::Head || !messages.is_empty()) => Self::Served,
            Wanted::Result if is_stream => Self::Unknown,
            Wanted::Stream | Wanted::Result => Self::Refused,
        }
    }
}

fn wanted(request: &Request) -> Wanted {
    if request.method == Method::GET {
        return Wanted::Stream;
    }
    if request.method == Method::DELETE {
        return Wanted::Acknowledgement;
    }
    let has_answer = |message: &Value| message.get("id").is_some() && message.get("method").is_some();
    match serde_json::from_slice(&request.body) {
        Ok(Value::Array(messages)) if messages.iter().any(has_answer) => Wanted::Result,
        Ok(message @ Value::Object(_)) if has_answer(&message) => Wanted::Result,
        Ok(Value::Array(_) | Value::Object(_)) => Wanted::Acknowledgement,
        _ => Wanted::Result,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Failure;
    use http::{HeaderMap, HeaderValue};
    use rstest::rstest;
    use std::time::Duration;

    const LIST: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
    const NOTE: &str = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    const BATCH: &str = r#"[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"notifications/x"}]"#;
    const ANSWER: &str = r#"{"jsonrpc":"2.0","id":1,"result":{}}"#;
    const RESULT: &str = r#"{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}"#;
    const FAILED: &str = r#"{"jsonrpc":"2.0","id":1,"result":{"isError":true,"content":[]}}"#;
    const ERROR: &str = r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"no"}}"#;
    const STREAM: &str = "text/event-stream";
    const JSON: &str = "application/json";
    const HTML: &str = "text/html";

    fn treatment(method: Method, body: &str, status: u16, media_type: &'static str, answer: &str) -> Treatment {
        let mut headers = HeaderMap::new();
        headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        let response = Response { status, headers, body: answer.to_owned().into(), truncated: false };
        let request = Request::new("a request", method, "https://mcp.example/mcp").content(body.to_owned());
        Treatment::by(&request, &response)
    }

    #[rstest]
    #[case::result(200, JSON, RESULT, Treatment::Served)]
    #[case::result_behind_a_refusal(401, JSON, RESULT, Treatment::Served)]
    #[case::result_behind_a_fault(500, JSON, RESULT, Treatment::Served)]
    #[case::result_while_unavailable(503, JSON, RESULT, Treatment::Served)]
    #[case::result_in_a_stream(200, STREAM, "data: {\"id\":1,\"result\":{}}\n\n", Treatment::Served)]
    #[case::progress_in_a_stream(200, STREAM, "data: {\"method\":\"notifications/progress\"}\n\n", Treatment::Served)]
    #[case::challenge(401, JSON, "{}", Treatment::Refused)]
    #[case::fault(500, HTML, "Internal Server Error", Treatment::Refused)]
    #[case::not_found(404, HTML, "", Treatment::Refused)]
    #[case::redirect(302, HTML, "", Treatment::Refused)]
    #[case::error_in_band(200, JSON, ERROR, Treatment::Refused)]
    #[case::error_in_a_stream(200, STREAM, "data: {\"id\":1,\"error\":{\"code\":1}}\n\n", Treatment::Refused)]
    #[case::tool_that_failed(200, JSON, FAILED, Treatment::Refused)]
    #[case::login_page(200, HTML, "<html>log in</html>", Treatment::Refused)]
    #[case::nothing(200, JSON, "", Treatment::Refused)]
    #[case::empty_stream(200, STREAM, "", Treatment::Unknown)]
    #[case::put_off(429, JSON, "{}", Treatment::Unknown)]
    #[case::gateway(502, HTML, "Bad Gateway", Treatment::Unknown)]
    fn a_request_is_served_by_a_result(
        #[case] status: u16,
        #[case] media_type: &'static str,
        #[case] answer: &str,
        #[case] expected: Treatment,
    ) {
        assert_eq!(treatment(Method::POST, LIST, status, media_type, answer), expected);
    }

    #[rstest]
    #[case::stream(Method::GET, "", 200, STREAM, Treatment::Served)]
    #[case::page(Method::GET, "", 200, HTML, Treatment::Refused)]
    #[case::no_stream(Method::GET, "", 405, HTML, Treatment::Refused)]
    #[case::end(Method::DELETE, "", 204, JSON, Treatment::Served)]
    #[case::no_end(Method::DELETE, "", 401, JSON, Treatment::Refused)]
    #[case::notification(Method::POST, NOTE, 202, JSON, Treatment::Served)]
    #[case::refused_notification(Method::POST, NOTE, 401, JSON, Treatment::Refused)]
    #[case::answer_of_a_client(Method::POST, ANSWER, 202, JSON, Treatment::Served)]
    #[case::request_taken_without_an_answer(Method::POST, LIST, 202, JSON, Treatment::Refused)]
    #[case::batch_taken_without_an_answer(Method::POST, BATCH, 202, JSON, Treatment::Refused)]
    #[case::what_is_no_json(Method::POST, "{", 200, JSON, Treatment::Refused)]
    fn what_has_no_answer_is_served_by_its_status(
        #[case] method: Method,
        #[case] body: &str,
        #[case] status: u16,
        #[case] media_type: &'static str,
        #[case] expected: Treatment,
    ) {
        assert_eq!(treatment(method, body, status, media_type, ""), expected);
    }

    #[test]
    fn nothing_is_known_without_an_answer() {
        let exchange = Exchange {
            number: 1,
            request: Request::get("a request", "https://mcp.example/mcp"),
            answer: Err(Failure::Connection("reset".to_owned())),
            honest: None,
            took: Duration::ZERO,
        };
        assert_eq!(Treatment::of(&exchange), Treatment::Unknown);
    }
}
