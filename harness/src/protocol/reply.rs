//! An answer to a JSON-RPC request, in one line and in one bit. A reader without opinions.

use super::jsonrpc;
use crate::wire::Response;

/// How much of an answer's content is quoted.
const BEGINNING: usize = 120;

/// An answer in one line: the status and what the content is.
#[must_use]
pub fn shown(response: &Response) -> String {
    let content = if let Some(result) = jsonrpc::result(response) {
        match result.get("isError") {
            Some(serde_json::Value::Bool(true)) => "with a tool result that says isError".to_owned(),
            _ => "with a JSON-RPC result".to_owned(),
        }
    } else if let Some(code) = jsonrpc::error_code(response) {
        format!("with JSON-RPC error {code}")
    } else {
        match response.media_type() {
            _ if response.body.is_empty() => "without content".to_owned(),
            Some(media_type) => format!("with {media_type}"),
            None => "with content of no type".to_owned(),
        }
    };
    format!("HTTP {} {content}", response.status)
}

/// The same with the beginning of the content, in one line, where an answer is to be recognised by it.
#[must_use]
pub fn shown_with_content(response: &Response) -> String {
    let text = String::from_utf8_lossy(&response.body);
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let beginning: String = words.chars().take(BEGINNING).collect();
    match beginning.is_empty() {
        true => shown(response),
        false if beginning.len() < words.len() => format!("{}: `{beginning}…`", shown(response)),
        false => format!("{}: `{beginning}`", shown(response)),
    }
}

/// Whether an answer says that the request was accepted.
#[must_use]
pub fn is_accepted(response: &Response) -> bool {
    response.is_success() && jsonrpc::error_code(response).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderMap;
    use rstest::rstest;

    fn answer(body: &str) -> Response {
        Response { status: 200, headers: HeaderMap::new(), body: body.to_owned().into(), truncated: false }
    }

    #[rstest]
    #[case::nothing("", "HTTP 200 without content")]
    #[case::in_one_line("<html>\n  log in", "HTTP 200 with content of no type: `<html> log in`")]
    #[case::failed(
        r#"{"result":{"isError":true}}"#,
        "HTTP 200 with a tool result that says isError: `{\"result\":{\"isError\":true}}`"
    )]
    fn the_content_is_quoted(#[case] body: &str, #[case] expected: &str) {
        assert_eq!(shown_with_content(&answer(body)), expected);
    }

    #[test]
    fn only_the_beginning_is_quoted() {
        let shown = shown_with_content(&answer(&"ä".repeat(1000)));
        assert!(shown.ends_with(&format!("`{}…`", "ä".repeat(BEGINNING))), "{shown}");
    }
}
