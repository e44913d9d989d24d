//! An answer to a JSON-RPC request, in one line and in one bit. A reader without opinions.

use super::jsonrpc;
use crate::wire::Response;

/// An answer in one line: the status and what the content is.
#[must_use]
pub fn shown(response: &Response) -> String {
    let content = if jsonrpc::result(response).is_some() {
        "with a JSON-RPC result".to_owned()
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

/// Whether an answer says that the request was accepted.
#[must_use]
pub fn is_accepted(response: &Response) -> bool {
    response.is_success() && jsonrpc::error_code(response).is_none()
}
