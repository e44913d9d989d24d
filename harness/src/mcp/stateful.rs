//! The revisions with a handshake and sessions: 2025-03-26, 2025-06-18 and 2025-11-25.

use super::{Dialect, Operation, PROTOCOL_VERSION, SESSION_ID, client_info, post};
use crate::catalogue::Revision;
use crate::wire::{Purpose, Reading, Request, Response};
use http::header::ACCEPT;
use http::{HeaderValue, Method};
use serde_json::json;

pub(super) fn request(dialect: &Dialect, operation: &Operation) -> Request {
    let endpoint = &dialect.endpoint;
    let purpose = || Purpose::new(operation.clone());
    match operation {
        Operation::Initialize => post(endpoint, purpose(), &initialize(dialect)),
        Operation::Notification => {
            in_session(dialect, post(endpoint, purpose(), &notification("notifications/cancelled")))
        }
        Operation::Stream => {
            let mut request =
                Request::get(purpose(), endpoint).header(ACCEPT, HeaderValue::from_static("text/event-stream"));
            request.reading = Reading::Head;
            in_session(dialect, request)
        }
        Operation::EndSession => in_session(dialect, Request::new(purpose(), Method::DELETE, endpoint)),
        Operation::ToolsCall(tool) => {
            let params = json!({ "name": tool.name, "arguments": tool.arguments });
            in_session(dialect, post(endpoint, purpose(), &call(dialect, "tools/call", params)))
        }
        Operation::Call(other) => {
            in_session(dialect, post(endpoint, purpose(), &call(dialect, other.method, other.params.clone())))
        }
        Operation::ToolsList => in_session(dialect, post(endpoint, purpose(), &call(dialect, "tools/list", json!({})))),
        Operation::Batch { protected_first } => {
            in_session(dialect, post(endpoint, purpose(), &batch(dialect, *protected_first)))
        }
        Operation::Discover => {
            in_session(dialect, post(endpoint, purpose(), &call(dialect, "server/discover", json!({}))))
        }
        Operation::Listen => {
            in_session(dialect, post(endpoint, purpose(), &call(dialect, "subscriptions/listen", json!({}))))
        }
    }
}

/// The notification that ends the handshake.
pub(super) fn initialized(dialect: &Dialect) -> Request {
    let message = notification("notifications/initialized");
    in_session(dialect, post(&dialect.endpoint, "notifications/initialized", &message))
}

/// The session that an answer to `initialize` opened.
#[must_use]
pub fn session_id(response: &Response) -> Option<String> {
    response.header_values(&SESSION_ID).into_iter().next()
}

fn initialize(dialect: &Dialect) -> serde_json::Value {
    call(
        dialect,
        "initialize",
        json!({ "protocolVersion": dialect.revision.as_str(), "capabilities": {}, "clientInfo": client_info() }),
    )
}

fn call(dialect: &Dialect, method: &str, params: serde_json::Value) -> serde_json::Value {
    json!({ "jsonrpc": "2.0", "id": dialect.id, "method": method, "params": params })
}

/// The ids are a number and a string, so that no other request of the session has either.
pub(super) fn batch(dialect: &Dialect, protected_first: bool) -> serde_json::Value {
    let ping = json!({ "jsonrpc": "2.0", "id": format!("ping-{}", dialect.id), "method": "ping" });
    let list = call(dialect, "tools/list", json!({}));
    if protected_first { json!([list, ping]) } else { json!([ping, list]) }
}

fn notification(method: &str) -> serde_json::Value {
    let params = if method == "notifications/cancelled" { json!({ "requestId": 0 }) } else { json!({}) };
    json!({ "jsonrpc": "2.0", "method": method, "params": params })
}

fn in_session(dialect: &Dialect, mut request: Request) -> Request {
    if dialect.revision >= Revision::V2025_06_18 {
        request = request.header(PROTOCOL_VERSION, HeaderValue::from_static(dialect.revision.as_str()));
    }
    if let Some(id) = dialect.session.as_deref().and_then(|id| HeaderValue::from_str(id).ok()) {
        request = request.header(SESSION_ID, id);
    }
    request
}
