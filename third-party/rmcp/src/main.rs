//! A protected MCP server on rmcp as its examples for authorization have it: rmcp brings nothing that protects a server, so a
//! middleware of the application's stands before its service, takes what is behind `Bearer ` and answers 401 and nothing else
//! to what it does not accept. The token is verified here, where the examples have a list of tokens.

#[path = "../../shared/notes.rs"]
mod notes;

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use rmcp::handler::server::tool::{Extension, ToolRouter};
use rmcp::handler::server::wrapper::Parameters;
use rmcp::transport::StreamableHttpServerConfig;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::tower::StreamableHttpService;
use rmcp::{ServerHandler, tool, tool_handler, tool_router};
use serde_json::{Value, json};
use std::sync::Arc;

struct Tokens {
    keys: JwkSet,
    issuer: String,
    resource: String,
}

#[derive(Clone)]
struct User(String);

#[derive(serde::Deserialize)]
struct Claims {
    sub: String,
    // jsonwebtoken takes a list of issuers too.
    #[allow(dead_code)]
    iss: String,
}

impl Tokens {
    fn user(&self, token: &str) -> Option<User> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        let key = DecodingKey::from_jwk(self.keys.find(&header.kid?)?).ok()?;
        let mut expected = Validation::new(Algorithm::RS256);
        expected.set_audience(&[&self.resource]);
        expected.set_issuer(&[&self.issuer]);
        expected.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        expected.validate_nbf = true;
        Some(User(jsonwebtoken::decode::<Claims>(token, &key, &expected).ok()?.claims.sub))
    }
}

fn extract_token(headers: &HeaderMap) -> Option<&str> {
    headers.get("Authorization")?.to_str().ok()?.strip_prefix("Bearer ")
}

async fn authorize(State(tokens): State<Arc<Tokens>>, mut request: Request, next: Next) -> Result<Response, StatusCode> {
    match extract_token(request.headers()).and_then(|token| tokens.user(token)) {
        Some(user) => {
            request.extensions_mut().insert(user);
            Ok(next.run(request).await)
        }
        None => Err(StatusCode::UNAUTHORIZED),
    }
}

#[derive(Clone)]
struct Tools {
    tool_router: ToolRouter<Self>,
}

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct NewNote {
    text: String,
}

fn caller(parts: &Parts) -> &str {
    parts.extensions.get::<User>().map(|user| user.0.as_str()).unwrap_or_default()
}

#[tool_router]
impl Tools {
    #[tool(description = "The time", annotations(read_only_hint = true))]
    async fn get_time(&self) -> String {
        notes::time()
    }

    #[tool(description = "Who calls", annotations(read_only_hint = true))]
    async fn whoami(&self, Extension(parts): Extension<Parts>) -> String {
        caller(&parts).to_owned()
    }

    #[tool(description = "The notes of the caller", annotations(read_only_hint = true))]
    async fn list_notes(&self, Extension(parts): Extension<Parts>) -> String {
        notes::notes_of(caller(&parts))
    }

    #[tool(description = "Writes a note")]
    async fn add_note(&self, Parameters(note): Parameters<NewNote>, Extension(parts): Extension<Parts>) -> String {
        notes::write(caller(&parts), &note.text)
    }
}

#[tool_handler(router = self.tool_router)]
impl ServerHandler for Tools {}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let issuer = notes::issuer();
    let resource = format!("http://localhost:{}/mcp", notes::port());
    let keys = reqwest::get(format!("{issuer}/.well-known/jwks.json")).await?.json().await?;
    let tokens = Arc::new(Tokens { keys, issuer: issuer.clone(), resource: resource.clone() });
    let service = StreamableHttpService::new(
        || Ok(Tools { tool_router: Tools::tool_router() }),
        Arc::new(LocalSessionManager::default()),
        StreamableHttpServerConfig::default(),
    );
    let metadata = json!({ "resource": resource, "authorization_servers": [issuer], "scopes_supported": ["openid"] });
    let document = move || std::future::ready(Json::<Value>(metadata.clone()));
    let protected = Router::new().nest_service("/mcp", service).layer(middleware::from_fn_with_state(tokens, authorize));
    let app = Router::new().route("/.well-known/oauth-protected-resource", get(document)).merge(protected);
    let listener = tokio::net::TcpListener::bind(("localhost", notes::port())).await?;
    Ok(axum::serve(listener, app).await?)
}
