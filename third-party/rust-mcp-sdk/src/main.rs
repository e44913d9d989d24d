//! A protected MCP server on rust-mcp-sdk: its RemoteAuthProvider before the axum server of rust-mcp-axum, with the
//! GenericOauthTokenVerifier of rust-mcp-extra behind it, as its example for a remote authorization server has them.

#[path = "../../shared/notes.rs"]
mod notes;

use async_trait::async_trait;
use rust_mcp_axum::{AxumServerOptions, create_axum_server};
use rust_mcp_extra::token_verifier::{GenericOauthTokenVerifier, TokenVerifierOptions, VerificationStrategies};
use rust_mcp_sdk::auth::{Audience, AuthMetadataBuilder, RemoteAuthProvider};
use rust_mcp_sdk::error::SdkResult;
use rust_mcp_sdk::macros::{JsonSchema, mcp_tool};
use rust_mcp_sdk::mcp_server::ServerHandler;
use rust_mcp_sdk::schema::schema_utils::CallToolError;
use rust_mcp_sdk::schema::{
    CallToolRequestParams, CallToolResult, Implementation, ListToolsResult, ListToolsResultCacheScope,
    PaginatedRequestParams, RpcError, ServerCapabilities, ServerCapabilitiesTools, ServerResult, TextContent,
};
use rust_mcp_sdk::{McpServer, RequestContext, ServerDetails, ToMcpServerHandler};
use serde_json::Value;
use std::sync::Arc;

#[mcp_tool(name = "get_time", description = "The time", read_only_hint = true)]
#[derive(Debug, serde::Deserialize, serde::Serialize, JsonSchema)]
struct GetTime {}

#[mcp_tool(name = "whoami", description = "Who calls", read_only_hint = true)]
#[derive(Debug, serde::Deserialize, serde::Serialize, JsonSchema)]
struct Whoami {}

#[mcp_tool(name = "list_notes", description = "The notes of the caller", read_only_hint = true)]
#[derive(Debug, serde::Deserialize, serde::Serialize, JsonSchema)]
struct ListNotes {}

#[mcp_tool(name = "add_note", description = "Writes a note")]
#[derive(Debug, serde::Deserialize, serde::Serialize, JsonSchema)]
struct AddNote {
    text: String,
}

struct Handler;

#[async_trait]
impl ServerHandler for Handler {
    async fn handle_list_tools_request(
        &self,
        _params: Option<PaginatedRequestParams>,
        _context: &RequestContext,
        _runtime: Arc<dyn McpServer>,
    ) -> Result<ListToolsResult, RpcError> {
        Ok(ListToolsResult {
            cache_scope: ListToolsResultCacheScope::Private,
            result_type: "complete".to_owned(),
            ttl_ms: 0,
            meta: None,
            next_cursor: None,
            tools: vec![GetTime::tool(), Whoami::tool(), ListNotes::tool(), AddNote::tool()],
        })
    }

    async fn handle_call_tool_request(
        &self,
        params: CallToolRequestParams,
        _context: &RequestContext,
        runtime: Arc<dyn McpServer>,
    ) -> Result<ServerResult, CallToolError> {
        let caller = runtime.auth_info_cloned().await.and_then(|info| info.user_id);
        let user = caller.ok_or_else(|| CallToolError::from_message("no user is logged in"));
        let argument = |name: &str| {
            let found = params.arguments.as_ref().and_then(|arguments| arguments.get(name)).and_then(Value::as_str);
            found.unwrap_or_default().to_owned()
        };
        let text = match params.name.as_str() {
            "get_time" => notes::time(),
            "whoami" => user?,
            "list_notes" => notes::notes_of(&user?),
            "add_note" => notes::write(&user?, &argument("text")),
            other => return Err(CallToolError::from_message(format!("there is no tool {other}"))),
        };
        Ok(CallToolResult::text_content(vec![TextContent::from(text)]).into())
    }
}

#[tokio::main]
async fn main() -> SdkResult<()> {
    let issuer = notes::issuer();
    let resource = format!("http://localhost:{}/mcp", notes::port());
    let discovery = format!("{issuer}/.well-known/openid-configuration");
    let scopes = vec!["openid"];
    let (authority, metadata) = AuthMetadataBuilder::from_discovery_url(&discovery, resource.as_str(), scopes).await?.build()?;
    let verifier = GenericOauthTokenVerifier::new(TokenVerifierOptions {
        validate_audience: Some(Audience::Single(resource)),
        validate_issuer: Some(issuer.clone()),
        strategies: vec![VerificationStrategies::JWKs { jwks_uri: format!("{issuer}/.well-known/jwks.json") }],
        cache_capacity: Some(15),
    })
    .expect("the verifier is configured");
    let auth = RemoteAuthProvider::new(authority, metadata, Box::new(verifier), None);

    let details = ServerDetails {
        server_info: Implementation {
            name: "rust-mcp-sdk-subject".to_owned(),
            version: "1.0.0".to_owned(),
            title: None,
            description: None,
            icons: vec![],
            website_url: None,
        },
        capabilities: ServerCapabilities { tools: Some(ServerCapabilitiesTools { list_changed: None }), ..Default::default() },
        meta: None,
        instructions: None,
    };
    let options = AxumServerOptions {
        host: "localhost".to_owned(),
        port: notes::port(),
        auth: Some(Arc::new(auth)),
        ..Default::default()
    };
    create_axum_server(details, Handler.to_mcp_server_handler(), options).start().await
}
