//! What a request body asks for, as far as authorization has to know: which tools it calls and which scopes that needs.
//!
//! A refusal for missing scope is an HTTP status, so it must be known before the MCP layer answers. The body is what counts;
//! the header fields that mirror it in 2026-07-28 only decide how a refusal is worded. A batch (2025-03-26) needs
//! everything that one of its messages needs.

use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::config::Config;
use crate::scope::{Scope, Scopes};
use crate::tools::ADD_NOTE;

/// Which scopes an operation needs.
#[derive(Debug, Clone)]
pub struct ScopePolicy {
    base: Scopes,
    notes: Scope,
}

impl ScopePolicy {
    /// The policy of a configuration.
    pub fn of(config: &Config) -> Self {
        Self { base: config.base_scopes.clone(), notes: config.note_scope.clone() }
    }

    /// What every request needs.
    pub fn base(&self) -> &Scopes {
        &self.base
    }

    /// What a message, or all messages of a batch together, need.
    pub fn needed_for(&self, body: &Value) -> Scopes {
        if tools_called(body).any(|tool| tool == ADD_NOTE) { self.base.with(&self.notes) } else { self.base.clone() }
    }
}

/// The messages of a body: one, or those of a batch.
fn messages(body: &Value) -> &[Value] {
    body.as_array().map_or(std::slice::from_ref(body), Vec::as_slice)
}

fn tools_called(body: &Value) -> impl Iterator<Item = &str> {
    messages(body)
        .iter()
        .filter(|message| message.get("method").and_then(Value::as_str) == Some("tools/call"))
        .filter_map(|message| message.get("params")?.get("name")?.as_str())
}

/// Whether the mirrored header fields of 2026-07-28 say something else than the body, as when a gateway shall be shown a
/// harmless tool (transports, "Server Validation"). Missing fields are left to the MCP layer.
pub fn contradicts(headers: &HeaderMap, body: &Value) -> bool {
    let version = headers.get("mcp-protocol-version").and_then(|value| value.to_str().ok());
    if version.is_none_or(|version| version < "2026-07-28") {
        return false;
    }
    let differs = |field: &str, expected: Option<&Value>| {
        let mut values = headers.get_all(field).iter().map(|value| value.to_str().ok().and_then(decoded));
        values.any(|value| value.as_deref() != expected.and_then(Value::as_str))
    };
    differs("mcp-method", body.get("method"))
        || differs("mcp-name", body.get("params").and_then(|params| params.get("name")))
}

/// A header value, taken out of the Base64 form in which other than plain ASCII text is sent (transports, "Value Encoding").
fn decoded(value: &str) -> Option<String> {
    match value.strip_prefix("=?base64?").and_then(|rest| rest.strip_suffix("?=")) {
        None => Some(value.to_owned()),
        Some(encoded) => String::from_utf8(STANDARD.decode(encoded).ok()?).ok(),
    }
}
