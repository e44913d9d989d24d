//! Whether a request was carried out, by what came back: a result, an event stream, the end of a session, a message that
//! was taken. A page that answers every path with 200 carries nothing out. Pure.

use super::judge::{is_error, says_no};
use crate::mcp::SESSION_ID;
use crate::protocol::jsonrpc;
use crate::wire::{Request, Response};
use http::Method;
use serde_json::Value;

/// Whether the server did what was asked of it, whatever the status says.
#[must_use]
pub(super) fn is_served(request: &Request, response: &Response) -> bool {
    if jsonrpc::result(response).is_some_and(|result| does_something(&result)) {
        return true;
    }
    if !response.is_success() || says_no(response) {
        return false;
    }
    let streams = response.media_type().as_deref() == Some("text/event-stream");
    match request.method {
        Method::GET => streams,
        Method::DELETE => request.headers.contains_key(SESSION_ID) && !is_page(response),
        // A stream that was not read to its end may hold what was asked for.
        Method::POST if expects_an_answer(request) => streams && response.truncated,
        Method::POST => ends_quietly(response),
        _ => false,
    }
}

/// A demand for input does nothing yet, and the error of a tool is a refusal.
fn does_something(result: &Value) -> bool {
    !is_error(result) && result.get("resultType").is_none_or(|kind| kind != "input_required")
}

/// Whether the message is a JSON-RPC request. Notifications and responses are taken without an answer.
fn expects_an_answer(request: &Request) -> bool {
    let message: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    message.is_array() || (message.get("id").is_some() && message.get("method").is_some())
}

/// Success without content, which is how a server takes what has no answer.
fn ends_quietly(response: &Response) -> bool {
    response.body.is_empty()
}

fn is_page(response: &Response) -> bool {
    response.media_type().as_deref() == Some("text/html")
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::header::CONTENT_TYPE;
    use http::{HeaderMap, HeaderValue};
    use rstest::rstest;

    const REQUEST: &str = r#"{"id":1,"method":"tools/list"}"#;
    const NOTIFICATION: &str = r#"{"method":"notifications/cancelled"}"#;

    #[rstest]
    #[case::result(Method::POST, REQUEST, 200, "application/json", r#"{"result":{"tools":[]}}"#, true)]
    #[case::result_behind_a_refusal(Method::POST, REQUEST, 401, "application/json", r#"{"result":{}}"#, true)]
    #[case::demand(
        Method::POST,
        REQUEST,
        200,
        "application/json",
        r#"{"result":{"resultType":"input_required"}}"#,
        false
    )]
    #[case::page(Method::POST, REQUEST, 200, "text/html", "<html>", false)]
    #[case::foreign_json(Method::POST, REQUEST, 200, "application/json", r#"{"status":"up"}"#, false)]
    #[case::taken(Method::POST, NOTIFICATION, 202, "", "", true)]
    #[case::page_for_a_notification(Method::POST, NOTIFICATION, 200, "text/html", "<html>", false)]
    #[case::refused(Method::POST, NOTIFICATION, 401, "", "", false)]
    #[case::stream(Method::GET, "", 200, "text/event-stream", "", true)]
    #[case::page_for_a_get(Method::GET, "", 200, "text/html", "<html>", false)]
    #[case::put(Method::PUT, REQUEST, 200, "application/json", "{}", false)]
    #[case::ended(Method::DELETE, "", 204, "", "", true)]
    #[case::page_for_a_delete(Method::DELETE, "", 200, "text/html", "<html>", false)]
    #[case::failed(Method::DELETE, "", 500, "", "", false)]
    fn what_is_served_is_told_from_a_page_for_every_path(
        #[case] method: Method,
        #[case] sent: &str,
        #[case] status: u16,
        #[case] kind: &'static str,
        #[case] body: &str,
        #[case] expected: bool,
    ) {
        let request = Request::new("it", method, "http://h/mcp")
            .header(SESSION_ID, HeaderValue::from_static("s"))
            .content(sent.to_owned());
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))]);
        let response = Response { status, headers, body: body.to_owned().into(), truncated: false };

        assert_eq!(is_served(&request, &response), expected);
    }
}
