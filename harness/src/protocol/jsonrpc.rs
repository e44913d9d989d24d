//! JSON-RPC messages in an answer, whether it came as JSON or as an event stream.

use crate::wire::{Response, events};
use serde_json::Value;

/// The messages that an answer holds; batches are taken apart.
#[must_use]
pub fn messages(response: &Response) -> Vec<Value> {
    let texts = match response.media_type().as_deref() {
        Some("text/event-stream") => events(&String::from_utf8_lossy(&response.body)),
        _ => vec![String::from_utf8_lossy(&response.body).into_owned()],
    };
    texts.iter().filter_map(|text| serde_json::from_str(text).ok()).flat_map(unbatch).collect()
}

fn unbatch(message: Value) -> Vec<Value> {
    match message {
        Value::Array(messages) => messages,
        message => vec![message],
    }
}

/// The first result in an answer.
#[must_use]
pub fn result(response: &Response) -> Option<Value> {
    messages(response).into_iter().find_map(|mut message| message.get_mut("result").map(Value::take))
}

/// Whether a message is a result that gives something: not one by which a tool says that it failed.
#[must_use]
pub fn gives_something(message: &Value) -> bool {
    message.get("result").is_some_and(|result| result.get("isError") != Some(&Value::Bool(true)))
}

/// The code of the first JSON-RPC error in an answer.
#[must_use]
pub fn error_code(response: &Response) -> Option<i64> {
    messages(response).iter().find_map(|message| message.pointer("/error/code")?.as_i64())
}
