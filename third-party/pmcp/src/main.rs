//! A protected MCP server on pmcp: its ProxyProvider before the streamable HTTP server, with its JwtValidator behind it, as
//! the documentation of its `auth` module has them. The endpoint is `/`, and cannot be another.

#[path = "../../shared/notes.rs"]
mod notes;

use async_trait::async_trait;
use pmcp::server::auth::config::JwtValidatorConfig;
use pmcp::server::auth::{JwtValidator, ProxyProvider, TokenValidatorConfig};
use pmcp::server::streamable_http_server::StreamableHttpServer;
use pmcp::types::ToolInfo;
use pmcp::types::capabilities::ServerCapabilities;
use pmcp::{RequestHandlerExtra, Server, ToolHandler};
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

#[derive(Clone, Copy)]
enum Tool {
    GetTime,
    Whoami,
    ListNotes,
    AddNote,
}

impl Tool {
    const ALL: [Self; 4] = [Self::GetTime, Self::Whoami, Self::ListNotes, Self::AddNote];

    fn name(self) -> &'static str {
        match self {
            Self::GetTime => "get_time",
            Self::Whoami => "whoami",
            Self::ListNotes => "list_notes",
            Self::AddNote => "add_note",
        }
    }

    fn description(self) -> &'static str {
        match self {
            Self::GetTime => "The time",
            Self::Whoami => "Who calls",
            Self::ListNotes => "The notes of the caller",
            Self::AddNote => "Writes a note",
        }
    }
}

#[async_trait]
impl ToolHandler for Tool {
    async fn handle(&self, arguments: Value, extra: RequestHandlerExtra) -> pmcp::Result<Value> {
        if let Self::GetTime = self {
            return Ok(notes::time().into());
        }
        let caller = extra.auth_context().ok_or_else(|| pmcp::Error::validation("no user is logged in"))?;
        let user = caller.subject.as_str();
        Ok(match self {
            Self::AddNote => notes::write(user, arguments["text"].as_str().unwrap_or_default()),
            Self::ListNotes => notes::notes_of(user),
            Self::Whoami | Self::GetTime => user.to_owned(),
        }
        .into())
    }

    fn metadata(&self) -> Option<ToolInfo> {
        let schema = match self {
            Self::AddNote => json!({ "type": "object", "properties": { "text": { "type": "string" } }, "required": ["text"] }),
            _ => json!({ "type": "object" }),
        };
        Some(ToolInfo::new(self.name(), Some(self.description().to_owned()), schema))
    }
}

fn validation(resource: &str) -> JwtValidatorConfig {
    match TokenValidatorConfig::jwt(notes::issuer(), resource) {
        TokenValidatorConfig::Jwt(config) => config,
        _ => unreachable!("jwt makes a configuration for JWTs"),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let resource = format!("http://localhost:{}/", notes::port());
    let validator = JwtValidator::new(validation(&resource)).await?;
    let provider = ProxyProvider::with_upstream(notes::issuer()).with_validator(Arc::new(validator));
    let mut builder = Server::builder()
        .name("pmcp-subject")
        .version("1.0.0")
        .capabilities(ServerCapabilities::tools_only())
        .auth_provider(provider);
    for tool in Tool::ALL {
        builder = builder.tool(tool.name(), tool);
    }
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, notes::port()));
    let (_, running) = StreamableHttpServer::new_concurrent(address, Arc::new(builder.build()?)).start().await?;
    Ok(running.await?)
}
