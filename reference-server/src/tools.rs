//! The tools of the server.
//!
//! A tool learns who calls from the [`VerifiedToken`] of the very request that calls it, not from the session, the connection or
//! anything the client says of itself. Whether the scope suffices was decided before ([`guard`](crate::guard)).

use std::borrow::Cow;
use std::sync::Arc;

use axum::http::request::Parts;
use jiff::Timestamp;
use rmcp::handler::server::router::tool::ToolRouter;
use rmcp::handler::server::tool::Extension;
use rmcp::handler::server::wrapper::Parameters;
use rmcp::model::{
    CacheScope, CallToolResult, Implementation, ListToolsResult, PaginatedRequestParams, ProtocolVersion,
    ServerCapabilities, ServerConfig,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler, tool, tool_handler, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::notes::Notes;
use crate::token::VerifiedToken;

/// The tool that needs a further scope.
pub const ADD_NOTE: &str = "add_note";

/// The revisions of MCP that are served.
pub const REVISIONS: [ProtocolVersion; 4] = [
    ProtocolVersion::V_2025_03_26,
    ProtocolVersion::V_2025_06_18,
    ProtocolVersion::V_2025_11_25,
    ProtocolVersion::V_2026_07_28,
];

/// The MCP server behind the guard.
#[derive(Debug, Clone)]
pub struct Tools {
    notes: Arc<Notes>,
    tool_router: ToolRouter<Self>,
}

/// The arguments of `add_note`.
#[derive(Debug, Deserialize, JsonSchema)]
struct NewNote {
    /// What to write down.
    text: String,
}

#[tool_router]
impl Tools {
    /// Tools that keep notes in `notes`.
    pub fn new(notes: Arc<Notes>) -> Self {
        Self { notes, tool_router: Self::tool_router() }
    }

    #[tool(description = "The current time of the server in UTC", annotations(read_only_hint = true))]
    async fn get_time(&self) -> CallToolResult {
        CallToolResult::structured(in_utc(Timestamp::now()))
    }

    #[tool(description = "Who calls, according to the access token", annotations(read_only_hint = true))]
    async fn whoami(&self, Extension(parts): Extension<Parts>) -> Result<CallToolResult, ErrorData> {
        let token = caller(&parts)?;
        let scopes: Vec<_> = token.scopes().iter().map(|scope| scope.as_str()).collect();
        Ok(CallToolResult::structured(json!({
            "sub": token.principal().subject,
            "client_id": token.principal().client_id,
            "scopes": scopes,
            "username": token.username(),
        })))
    }

    #[tool(description = "Writes a note that only the caller can read", annotations(destructive_hint = false))]
    async fn add_note(
        &self,
        Parameters(NewNote { text }): Parameters<NewNote>,
        Extension(parts): Extension<Parts>,
    ) -> Result<CallToolResult, ErrorData> {
        let token = caller(&parts)?;
        Ok(match self.notes.add(token.principal(), text) {
            Ok(note) => CallToolResult::structured(json!({ "note": note })),
            Err(not_taken) => CallToolResult::structured_error(json!({ "error": not_taken.to_string() })),
        })
    }

    #[tool(description = "The notes of the caller", annotations(read_only_hint = true))]
    async fn list_notes(&self, Extension(parts): Extension<Parts>) -> Result<CallToolResult, ErrorData> {
        let token = caller(&parts)?;
        Ok(CallToolResult::structured(json!({ "notes": self.notes.of(token.principal()) })))
    }
}

#[tool_handler(router = self.tool_router)]
impl ServerHandler for Tools {
    fn get_info(&self) -> ServerConfig {
        let identity =
            Implementation::new("reference-server", env!("CARGO_PKG_VERSION")).with_title("MCP Reference Server");
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(identity)
            .with_instructions("Tells the time and who you are, and keeps notes for you.")
    }

    fn supported_protocol_versions(&self) -> Cow<'static, [ProtocolVersion]> {
        Cow::Borrowed(&REVISIONS)
    }

    /// All tools. The answer went to an authenticated caller, so no shared cache may keep it.
    async fn list_tools(
        &self,
        _request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let all = ListToolsResult::with_all_items(self.tool_router.list_all());
        let has_cache_hints =
            context.protocol_version().is_some_and(|version| version >= ProtocolVersion::V_2026_07_28);
        Ok(if has_cache_hints { all.with_ttl_ms(0).with_cache_scope(CacheScope::Private) } else { all })
    }
}

/// Who sent the request that calls the tool.
fn caller(parts: &Parts) -> Result<&VerifiedToken, ErrorData> {
    // The guard puts it there; a request without it cannot have come through the guard and gets nothing.
    parts.extensions.get().ok_or_else(|| ErrorData::internal_error("the request was not authenticated", None))
}

/// A moment for programs and for people.
fn in_utc(moment: Timestamp) -> Value {
    json!({
        "current_time": moment.strftime("%Y-%m-%dT%H:%M:%S.%6f%:z").to_string(),
        "timezone": "UTC",
        "timestamp": moment.as_duration().as_secs_f64(),
        "formatted": moment.strftime("%Y-%m-%d %H:%M:%S").to_string(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    #[test]
    fn writes_fractions_and_offset() {
        let told = in_utc(Timestamp::from_microsecond(1_500_000).unwrap());

        let expected = json!({
            "current_time": "1970-01-01T00:00:01.500000+00:00",
            "timezone": "UTC",
            "timestamp": 1.5,
            "formatted": "1970-01-01 00:00:01",
        });
        assert_eq!(told, expected);
    }
}
