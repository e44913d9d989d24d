//! What mutants of the second subject share: they are told by the bytes of its traffic, by method, tool and path, since it
//! has tools and pages of its own. The mutants themselves are in `second.rs` of each room.

use super::mutants::mutant;
pub(super) use crate::catalogue::Revision;
use crate::mutation::Subject;
pub(super) use crate::mutation::{Act, Change, Mutant};
pub(super) use crate::wire::{Request, Response};
pub(super) use serde_json::{Value, json};

/// A mutant of the second subject.
pub(super) const fn second(
    name: &'static str,
    kills: &'static [&'static str],
    also: &'static [&'static str],
    acts: &'static [Act],
) -> Mutant {
    Mutant { on: Subject::Second, ..mutant(name, kills, also, acts) }
}

/// The JSON-RPC message that a request carries.
pub(super) fn message(request: &Request) -> Value {
    serde_json::from_slice(&request.body).unwrap_or_default()
}

/// The JSON-RPC method of a request.
pub(super) fn method(request: &Request) -> Option<String> {
    message(request).get("method")?.as_str().map(str::to_owned)
}

/// Whether a request calls a tool.
pub(super) fn calls(request: &Request, tool: &str) -> bool {
    let message = message(request);
    message.get("method").is_some_and(|method| method == "tools/call")
        && message.pointer("/params/name").is_some_and(|name| name == tool)
}

/// Whether a request carries any token, as far as its header says.
pub(super) fn is_anonymous(request: &Request) -> bool {
    !request.headers.contains_key(http::header::AUTHORIZATION)
}

/// The header and the claims of a JWT; the signature is not looked at.
pub(super) fn jwt(token: &str) -> Option<(Value, Value)> {
    let draft = crate::tokens::forge::Draft::from_genuine(token).ok()?;
    Some((Value::Object(draft.header), Value::Object(draft.claims)))
}

/// A member of JSON content that is text.
pub(super) fn member(response: &Response, name: &str) -> Option<String> {
    response.json()?.get(name)?.as_str().map(str::to_owned)
}

/// Replaces a text in the content of an answer.
pub(super) fn replace(response: &mut Response, old: &str, new: &str) {
    if let Ok(text) = std::str::from_utf8(&response.body) {
        response.body = text.replace(old, new).into();
    }
}
