//! The stateless revision 2026-07-28: each request stands alone and carries its metadata twice, in header fields and in
//! `_meta`. All of it is always sent, so that a refusal for a missing field never hides a missing refusal for a
//! missing token.

use super::{Dialect, Operation, PROTOCOL_VERSION, client_info, post};
use crate::wire::{Purpose, Reading, Request};
use http::header::ACCEPT;
use http::{HeaderName, HeaderValue, Method};
use serde_json::{Value, json};

const METHOD: HeaderName = HeaderName::from_static("mcp-method");
const NAME: HeaderName = HeaderName::from_static("mcp-name");

pub(super) fn request(dialect: &Dialect, operation: &Operation) -> Request {
    let purpose = || Purpose::new(operation.clone());
    match operation {
        Operation::ToolsCall(tool) => {
            let params = json!({ "name": tool.name, "arguments": tool.arguments });
            named(call(dialect, purpose(), "tools/call", params), Some(&tool.name))
        }
        Operation::Call(other) => {
            let name = ["name", "uri", "taskId"].iter().find_map(|member| other.params.get(member)?.as_str());
            named(call(dialect, purpose(), other.method, other.params.clone()), name)
        }
        Operation::ToolsList => call(dialect, purpose(), "tools/list", json!({})),
        Operation::Discover => call(dialect, purpose(), "server/discover", json!({})),
        Operation::Initialize => call(dialect, purpose(), "initialize", json!({})),
        Operation::Listen => {
            let params = json!({ "notifications": { "toolsListChanged": true } });
            let mut request = call(dialect, purpose(), "subscriptions/listen", params);
            request.reading = Reading::Head;
            request
        }
        Operation::Notification => {
            let params = with_meta(dialect, json!({ "requestId": 0 }));
            let message = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": params });
            headed(dialect, "notifications/cancelled", post(&dialect.endpoint, purpose(), &message))
        }
        // There is no batch at these revisions; a server sees one all the same when it is sent.
        Operation::Batch { protected_first } => {
            post(&dialect.endpoint, purpose(), &super::stateful::batch(dialect, *protected_first))
        }
        Operation::Stream => bare(dialect, purpose(), Method::GET),
        Operation::EndSession => bare(dialect, purpose(), Method::DELETE),
    }
}

fn call(dialect: &Dialect, purpose: impl Into<Purpose>, method: &'static str, params: Value) -> Request {
    let params = with_meta(dialect, params);
    let message = json!({ "jsonrpc": "2.0", "id": dialect.id, "method": method, "params": params });
    headed(dialect, method, post(&dialect.endpoint, purpose, &message))
}

fn headed(dialect: &Dialect, method: &'static str, request: Request) -> Request {
    request
        .header(PROTOCOL_VERSION, HeaderValue::from_static(dialect.revision.as_str()))
        .header(METHOD, HeaderValue::from_static(method))
}

fn bare(dialect: &Dialect, purpose: impl Into<Purpose>, method: Method) -> Request {
    Request::new(purpose, method, &dialect.endpoint)
        .header(ACCEPT, HeaderValue::from_static("text/event-stream"))
        .header(PROTOCOL_VERSION, HeaderValue::from_static(dialect.revision.as_str()))
}

fn named(request: Request, name: Option<&str>) -> Request {
    match name.map(HeaderValue::from_str) {
        Some(Ok(name)) => request.header(NAME, name),
        _ => request,
    }
}

fn with_meta(dialect: &Dialect, mut params: Value) -> Value {
    let further = params.get_mut("_meta").map(Value::take);
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": dialect.revision.as_str(),
        "io.modelcontextprotocol/clientInfo": client_info(),
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    if let Some(Value::Object(further)) = further {
        for (name, value) in further {
            params["_meta"][name] = value;
        }
    }
    params
}
