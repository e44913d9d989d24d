//! JSON-RPC batches, which revision 2025-03-26 has servers receive and later ones removed.
//!
//! The MCP layer knows single messages only. So a batch is taken apart here, its messages go through one after the other, each
//! with the header fields of the whole request, and the responses are put together as a JSON array. Authorization was decided
//! before, for all messages together. Messages that the server would send besides responses are not carried over; no tool of
//! this server sends any.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::guard::{MAX_BODY_LENGTH, json_rpc_error};
use crate::strict_json;

/// The most messages a batch can have.
pub const MAX_MESSAGES: usize = 100;

/// JSON-RPC: not a request that can be served.
const INVALID_REQUEST: i32 = -32600;

/// Takes batches apart; everything else passes as it came.
pub async fn split_batches(request: Request, next: Next) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    // The guard has read the body already and found it short enough, so this reads from memory.
    let Ok(bytes) = to_bytes(body, MAX_BODY_LENGTH).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    match strict_json::parse(&bytes) {
        Ok(Value::Array(messages)) => answer_batch(&parts, messages, &next).await,
        _ => next.run(Request::from_parts(parts, Body::from(bytes))).await,
    }
}

async fn answer_batch(parts: &Parts, messages: Vec<Value>, next: &Next) -> Response {
    if let Err(reason) = acceptable(parts, &messages) {
        return json_rpc_error(&Value::Null, INVALID_REQUEST, reason);
    }
    let mut responses = Vec::new();
    for message in messages {
        match answer_message(parts, &message, next.clone()).await {
            Ok(answered) => responses.extend(answered),
            Err(refusal) => return refusal,
        }
    }
    if responses.is_empty() {
        return StatusCode::ACCEPTED.into_response();
    }
    ([(header::CONTENT_TYPE, "application/json")], Value::Array(responses).to_string()).into_response()
}

fn acceptable(parts: &Parts, messages: &[Value]) -> Result<(), &'static str> {
    let revision = parts.headers.get("mcp-protocol-version");
    if revision.is_some_and(|revision| revision != "2025-03-26") {
        Err("Batches exist in revision 2025-03-26 only")
    } else if messages.is_empty() || messages.len() > MAX_MESSAGES {
        Err("A batch has at least one message and at most a hundred")
    } else if messages.iter().any(|message| message["method"] == "initialize") {
        Err("The handshake cannot be part of a batch")
    } else {
        Ok(())
    }
}

/// The response to one message; nothing for a notification. An answer that concerns the whole HTTP request (the session is gone,
/// the media type is not acceptable) is the `Err`.
async fn answer_message(parts: &Parts, message: &Value, next: Next) -> Result<Option<Value>, Response> {
    let request = Request::from_parts(parts.clone(), Body::from(message.to_string()));
    let response = next.run(request).await;
    match response.status() {
        StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND | StatusCode::NOT_ACCEPTABLE => return Err(response),
        status if status.is_success() => {}
        _ => return Ok(Some(invalid(message))),
    }
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap_or_default();
    let response = String::from_utf8_lossy(&bytes).lines().filter_map(response_in).next_back();
    Ok(response.or_else(|| message.get("id").map(|_| invalid(message))))
}

/// The JSON-RPC response in a line: that of a JSON body, or the data of a server-sent event.
fn response_in(line: &str) -> Option<Value> {
    let json = line.strip_prefix("data:").unwrap_or(line);
    let message: Value = serde_json::from_str(json.trim()).ok()?;
    (message.get("result").is_some() || message.get("error").is_some()).then_some(message)
}

fn invalid(message: &Value) -> Value {
    let id = message.get("id").unwrap_or(&Value::Null);
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": INVALID_REQUEST, "message": "Invalid Request" } })
}
