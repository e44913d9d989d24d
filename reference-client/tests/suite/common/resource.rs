//! The protected MCP server of the tests: rmcp behind a bearer check, with metadata a test can change.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, Uri},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use rmcp::{
    ServerHandler,
    handler::server::wrapper::Parameters,
    schemars, tool, tool_handler, tool_router,
    transport::streamable_http_server::{
        StreamableHttpServerConfig, StreamableHttpService, session::local::LocalSessionManager,
    },
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Authority, Log};

pub struct Script {
    /// Protected resource metadata by path (with query); anything else is 404.
    pub metadata: HashMap<String, Value>,
    /// `WWW-Authenticate` fields of a 401.
    pub challenge: Vec<String>,
    /// Answer every request with 401.
    pub refuse_all: bool,
    /// Tools that need a scope.
    pub scopes: HashMap<String, String>,
    /// Fields of a 403; `{scope}` is replaced. Empty for the honest challenge.
    pub forbidden: Vec<String>,
    /// Refuse scoped tools whatever the token has.
    pub never_enough: bool,
    /// Answer `server/discover` as a server that does not know it.
    pub old: bool,
    /// Answer with this status and location instead.
    pub redirect: Option<(u16, String)>,
    /// Accept a token this many times, then answer 401.
    pub uses_per_token: Option<usize>,
    pub uses: HashMap<String, usize>,
}

#[derive(Clone)]
pub struct Resource {
    pub url: String,
    pub base: String,
    pub script: Arc<Mutex<Script>>,
    authority: Authority,
}

#[derive(Clone)]
struct Clock;

#[derive(Deserialize, schemars::JsonSchema)]
struct Note {
    text: String,
}

#[tool_router]
impl Clock {
    #[tool(description = "What time it is")]
    fn get_time(&self) -> String {
        "noon".to_owned()
    }

    #[tool(description = "Keeps a note")]
    fn add_note(&self, Parameters(note): Parameters<Note>) -> String {
        format!("kept: {}", note.text)
    }
}

#[tool_handler(router = Self::tool_router())]
impl ServerHandler for Clock {}

impl Resource {
    pub async fn start(log: Log, authority: &Authority) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let resource = Self::unserved(&format!("http://{}", listener.local_addr().unwrap()), authority);
        let router = resource.endpoint().fallback(document_at).with_state(resource.clone());
        let router = super::serve("rs", log, router).await;
        tokio::spawn(async move { axum::serve(listener, router).await });
        resource
    }

    pub fn unserved(base: &str, authority: &Authority) -> Self {
        let url = format!("{base}/mcp");
        let document = json!({"resource": url, "authorization_servers": [authority.issuer]});
        let named = "/.well-known/oauth-protected-resource/mcp";
        let script = Script {
            metadata: HashMap::from([(named.to_owned(), document)]),
            challenge: vec![format!("Bearer resource_metadata=\"{base}{named}\"")],
            refuse_all: false,
            scopes: HashMap::new(),
            forbidden: Vec::new(),
            never_enough: false,
            old: false,
            redirect: None,
            uses_per_token: None,
            uses: HashMap::new(),
        };
        Self { url, base: base.to_owned(), script: Arc::new(Mutex::new(script)), authority: authority.clone() }
    }

    /// The MCP endpoint behind its guard.
    pub fn endpoint<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let service = StreamableHttpService::new(
            || Ok(Clock),
            Arc::new(LocalSessionManager::default()),
            StreamableHttpServerConfig::default(),
        );
        Router::new().route_service("/mcp", service).layer(from_fn_with_state(self.clone(), guard))
    }

    pub fn change(&self, change: impl FnOnce(&mut Script)) {
        change(&mut self.script.lock().unwrap());
    }

    /// Changes the one metadata document.
    pub fn bend_metadata(&self, bend: impl Fn(&mut serde_json::Map<String, Value>)) {
        for document in self.script.lock().unwrap().metadata.values_mut() {
            bend(document.as_object_mut().unwrap());
        }
    }

    /// Serves the one document somewhere else, and stops naming it.
    pub fn move_metadata(&self, path: &str) {
        let mut script = self.script.lock().unwrap();
        let document = script.metadata.values().next().unwrap().clone();
        script.metadata = HashMap::from([(path.to_owned(), document)]);
        script.challenge = vec!["Bearer".to_owned()];
    }
}

async fn document_at(State(resource): State<Resource>, uri: Uri) -> Response {
    match resource.script.lock().unwrap().metadata.get(&uri.to_string()) {
        Some(Value::String(html)) => ([("content-type", "text/html")], html.clone()).into_response(),
        Some(document) => Json(document.clone()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn guard(State(resource): State<Resource>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let message: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    if let Some(refusal) = refusal(&resource, &parts.headers, &message) {
        return refusal;
    }
    next.run(Request::from_parts(parts, bytes.into())).await
}

fn refusal(resource: &Resource, headers: &HeaderMap, message: &Value) -> Option<Response> {
    let mut script = resource.script.lock().unwrap();
    if let Some((status, location)) = &script.redirect {
        return Some((StatusCode::from_u16(*status).unwrap(), [("location", location.clone())]).into_response());
    }
    let token = headers.get("authorization").and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let held = token.and_then(|token| resource.authority.scopes_of(token));
    let worn_out = token.is_some_and(|token| {
        let limit = script.uses_per_token;
        let uses = script.uses.entry(token.to_owned()).or_default();
        *uses += 1;
        limit.is_some_and(|limit| *uses > limit)
    });
    let Some(held) = held.filter(|_| !script.refuse_all && !worn_out) else {
        return Some(answer(StatusCode::UNAUTHORIZED, &script.challenge, ""));
    };
    let tool = message.pointer("/params/name").and_then(Value::as_str).unwrap_or_default();
    if let Some(needed) = script.scopes.get(tool)
        && (script.never_enough || !held.split(' ').any(|scope| scope == needed))
    {
        let honest = vec!["Bearer error=\"insufficient_scope\", scope=\"{scope}\"".to_owned()];
        let fields = if script.forbidden.is_empty() { &honest } else { &script.forbidden };
        return Some(answer(StatusCode::FORBIDDEN, fields, needed));
    }
    if script.old && message.get("method").and_then(Value::as_str) == Some("server/discover") {
        return Some((StatusCode::BAD_REQUEST, "no valid session").into_response());
    }
    None
}

fn answer(status: StatusCode, fields: &[String], scope: &str) -> Response {
    let mut response = status.into_response();
    for field in fields {
        response.headers_mut().append("www-authenticate", field.replace("{scope}", scope).parse().unwrap());
    }
    response
}
