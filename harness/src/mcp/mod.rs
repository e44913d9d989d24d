//! MCP on the wire, as far as a judge of authorization needs it: complete, correct requests at each revision.
//!
//! Builds requests and reads the few things that later requests depend on. Sends nothing, judges nothing, and knows no
//! tokens: credentials are put on a request by whoever sends it.
//!
//! Known to `declared`, `bench`, `rules` and `setup`.

mod operation;
mod stateful;
mod stateless;

pub use operation::{Call, Operation, ToolCall, UnknownOperation};
pub use stateful::session_id;

use crate::catalogue::Revision;
use crate::wire::{Purpose, Request};
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Method};
use serde_json::Value;

/// The version header, of every request since 2025-06-18.
pub const PROTOCOL_VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
/// The session header of the revisions with a handshake.
pub const SESSION_ID: HeaderName = HeaderName::from_static("mcp-session-id");

/// How to talk to one MCP endpoint at one revision.
#[derive(Clone, Debug)]
pub struct Dialect {
    /// The endpoint, byte for byte as the operator names it.
    pub endpoint: String,
    /// The revision spoken.
    pub revision: Revision,
    /// The session, at revisions that have them.
    pub session: Option<String>,
    /// The JSON-RPC id of the request, which must not have been used before in its session.
    pub id: u64,
}

impl Dialect {
    /// A complete request for `operation`, lacking nothing but credentials.
    #[must_use]
    pub fn request(&self, operation: &Operation) -> Request {
        if self.revision.is_stateless() {
            stateless::request(self, operation)
        } else {
            stateful::request(self, operation)
        }
    }

    /// The requests that open a session: `initialize`, and then the notification that ends the handshake.
    #[must_use]
    pub fn initialized(&self) -> Request {
        stateful::initialized(self)
    }
}

fn post(endpoint: &str, purpose: impl Into<Purpose>, message: &Value) -> Request {
    Request::new(purpose, Method::POST, endpoint)
        .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
        .header(ACCEPT, HeaderValue::from_static("application/json, text/event-stream"))
        .content(message.to_string())
}

fn client_info() -> Value {
    serde_json::json!({ "name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION") })
}
