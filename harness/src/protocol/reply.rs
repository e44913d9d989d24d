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
    if holds_what_was_asked(response) {
        return shown(response);
    }
    let text = String::from_utf8_lossy(&response.body);
    let words = without_credentials(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    let beginning: String = words.chars().take(BEGINNING).collect();
    match beginning.is_empty() {
        true => shown(response),
        false if beginning.len() < words.len() => format!("{}: `{beginning}…`", shown(response)),
        false => format!("{}: `{beginning}`", shown(response)),
    }
}

/// A text without what may be a token or a part of one: long words of the characters that tokens are made of, digits among
/// them. It is taken out before the text is cut, after which no part of it would be recognised.
fn without_credentials(text: &str) -> String {
    const LONG: usize = 20;
    let in_token = |c: char| c.is_ascii_alphanumeric() || "-._~+=".contains(c);
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let end = rest.find(|c| !in_token(c)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(if end == 0 { c.len_utf8() } else { end });
        let hidden = word.len() >= LONG && word.bytes().any(|byte| byte.is_ascii_digit());
        kept.push_str(if hidden { "[…]" } else { word });
        rest = behind;
    }
    kept
}

/// Whether an answer holds what was asked for: a JSON-RPC result that is no tool's report of an error.
#[must_use]
pub fn holds_what_was_asked(response: &Response) -> bool {
    jsonrpc::messages(response).iter().any(jsonrpc::gives_something)
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

    #[rstest]
    #[case::result(r#"{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}"#, true)]
    #[case::report_of_a_tool(r#"{"jsonrpc":"2.0","id":1,"result":{"content":[],"isError":true}}"#, false)]
    #[case::error(r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"no"}}"#, false)]
    #[case::page("<html>", false)]
    #[case::second_of_a_batch(r#"[{"id":1,"error":{"code":1}},{"id":2,"result":{}}]"#, true)]
    fn an_error_in_whatever_dress_is_not_what_was_asked_for(#[case] body: &str, #[case] expected: bool) {
        assert_eq!(holds_what_was_asked(&answer(body)), expected);
    }

    #[test]
    fn neither_a_result_nor_a_token_is_quoted() {
        let repeated = answer("no such token: eyJhbGciOiJSUzI1NiIsImtpZCI6.eyJz\u{e4}, see https://h/help");
        let shown = "HTTP 200 with content of no type: `no such token: […]\u{e4}, see https://h/help`";
        assert_eq!(shown_with_content(&repeated), shown);
        let result = answer(r#"{"id":1,"result":{"secret":1}}"#);
        assert_eq!(shown_with_content(&result), "HTTP 200 with a JSON-RPC result");
    }

    #[test]
    fn only_the_beginning_is_quoted() {
        let shown = shown_with_content(&answer(&"ä".repeat(1000)));
        assert!(shown.ends_with(&format!("`{}…`", "ä".repeat(BEGINNING))), "{shown}");
    }
}
