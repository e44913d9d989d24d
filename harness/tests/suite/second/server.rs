//! The endpoint of the second subject: who calls, in which session, and what comes of it; and the documents beside it.

use super::calendar::{self, Calendar};
use super::keys::KeyCache;
use super::proxy;
use super::setup::{Metadata, NARROW, Setup};
use super::tokens::{Caller, Refusal};
use super::tools::Tools;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

const AUTHORIZATION_SERVER: &str = "/.well-known/oauth-authorization-server";
const SESSION: &str = "mcp-session-id";
const LAST_EVENT: &str = "last-event-id";

/// What the server is told when it starts.
#[derive(Clone, Debug)]
pub struct Told {
    pub issuer: String,
    pub second_issuer: String,
    pub third_party: String,
    pub upstream: u16,
    pub port: u16,
}

/// A session of revisions with a handshake.
pub struct Session {
    pub user: String,
    /// The event streams that answered requests: the name of each, and its events.
    streams: Vec<(String, Vec<String>)>,
    /// The elicitation that was asked for in it last.
    pub elicitation: Option<String>,
}

/// What the server remembers.
#[derive(Default)]
pub struct Memory {
    pub sessions: HashMap<String, Session>,
    /// The proofs that were used.
    pub proofs: HashSet<String>,
    pub tools: Tools,
    pub calendar: Calendar,
    pub proxy: proxy::Memory,
}

/// The running server.
pub struct Server {
    pub setup: Setup,
    pub told: Told,
    pub http: reqwest::Client,
    pub keys: KeyCache,
    pub memory: Mutex<Memory>,
}

/// A call on its way through the server.
pub struct Call<'a> {
    pub caller: Option<&'a Caller>,
    /// The session, which is the caller's.
    pub session: Option<&'a str>,
    pub stateless: bool,
    pub params: &'a Value,
}

/// What comes of a message.
enum Outcome {
    /// A JSON-RPC result or error.
    Said(Result<Value, Value>),
    /// Nothing is said.
    Taken,
    /// The caller may not.
    Lacking,
}

/// Serves until the runtime ends.
pub async fn serve(setup: Setup, told: Told) {
    let listener = TcpListener::bind(("127.0.0.1", told.port)).await.unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let server = Server { setup, told, http, keys: KeyCache::default(), memory: Mutex::default() };
    let mut router = Router::new()
        .route("/mcp", any(endpoint))
        .route("/calendar/connect", get(calendar::connect))
        .route("/calendar/login", post(calendar::login))
        .route("/calendar/back", get(calendar::back))
        .fallback(document);
    if setup.metadata == Metadata::OfTheProxy {
        router = router.merge(proxy::routes());
    }
    let server = setup.front.before(setup.spoilt.before(router.with_state(Arc::new(server))));
    axum::serve(listener, server).await.unwrap();
}

/// A value that cannot be guessed.
pub fn random() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

/// A redirect of the browser.
pub fn redirect(to: &str) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, to.to_owned())]).into_response()
}

/// The value of a cookie.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get(header::COOKIE)?.to_str().ok()?;
    let mut pairs = all.split("; ").filter_map(|pair| pair.split_once('='));
    pairs.find(|(found, _)| *found == name).map(|(_, value)| value.to_owned())
}

fn capabilities() -> Value {
    json!({ "tools": {}, "resources": {}, "prompts": {}, "completions": {}, "logging": {} })
}

fn refused(words: &str) -> Value {
    json!({ "code": -32602, "message": words })
}

/// Whether the header fields of 2026-07-28 say what the content says.
fn is_mirrored(headers: &HeaderMap, message: &Value) -> bool {
    let name = ["/params/name", "/params/uri", "/params/taskId"].into_iter().find_map(|at| message.pointer(at));
    let told = |field: &str| headers.get(field).map(|told| decoded(told.to_str().unwrap_or_default()));
    let fits = |field: &str, value: Option<&Value>, is_needed: bool| match told(field) {
        None => !is_needed,
        Some(told) => told.is_some_and(|told| value.is_some_and(|value| *value == told)),
    };
    let version = message.pointer("/params/_meta/io.modelcontextprotocol~1protocolVersion");
    let calls = message.get("method").is_some_and(|method| method == "tools/call");
    fits("mcp-method", message.get("method"), true)
        && fits("mcp-name", name, calls)
        && version.is_none_or(|version| version == "2026-07-28")
}

/// A header value, taken out of the Base64 form in which other than plain ASCII text is sent.
fn decoded(value: &str) -> Option<String> {
    match value.strip_prefix("=?base64?").and_then(|rest| rest.strip_suffix("?=")) {
        None => Some(value.to_owned()),
        Some(encoded) => String::from_utf8(BASE64_STANDARD.decode(encoded).ok()?).ok(),
    }
}

async fn endpoint(State(server): State<Arc<Server>>, method: Method, headers: HeaderMap, content: Bytes) -> Response {
    let own = |origin: &str| origin == server.origin();
    let field = |name: header::HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let is_for_us = field(header::HOST).is_some_and(|host| own(&format!("http://{host}")));
    if !is_for_us || field(header::ORIGIN).is_some_and(|origin| !own(origin)) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let message: Value = serde_json::from_slice(&content).unwrap_or_default();
    let caller = match server.caller(&headers).await {
        Ok(caller) => Some(caller),
        Err(Refusal::Nothing) if server.is_open(&method, &message) => None,
        Err(refusal) => return server.refuse(refusal),
    };
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let stateless = text("mcp-protocol-version") == Some("2026-07-28");
    let session = text(SESSION).filter(|_| !stateless);
    let user = caller.as_ref().map_or("", |caller| caller.user.as_str());
    if session.is_some_and(|id| !server.memory.lock().unwrap().owns(user, id)) {
        return StatusCode::NOT_FOUND.into_response();
    }
    match (&method, session) {
        (&Method::POST, _) => {}
        (&Method::GET, Some(id)) if headers.contains_key(LAST_EVENT) => {
            let last = text(LAST_EVENT).unwrap_or_default();
            let replayed = server.memory.lock().unwrap().replayed(id, last);
            return replayed.map_or_else(|| StatusCode::BAD_REQUEST.into_response(), streamed);
        }
        (&Method::DELETE, Some(id)) => {
            server.memory.lock().unwrap().sessions.remove(id);
            return StatusCode::NO_CONTENT.into_response();
        }
        _ => return StatusCode::METHOD_NOT_ALLOWED.into_response(),
    }
    if stateless && !is_mirrored(&headers, &message) {
        let error = json!({ "code": -32020, "message": "header fields and content differ" });
        return (StatusCode::BAD_REQUEST, Json(json!({ "jsonrpc": "2.0", "id": message["id"], "error": error })))
            .into_response();
    }
    let batch = message.as_array().filter(|_| text("mcp-protocol-version").is_none());
    let messages = batch.map_or_else(|| vec![message.clone()], Clone::clone);
    let mut said = Vec::new();
    for message in &messages {
        let call = Call { caller: caller.as_ref(), session, stateless, params: &message["params"] };
        match server.carry_out(message, &call).await {
            Outcome::Said(Ok(result)) => said.push(json!({ "jsonrpc": "2.0", "id": message["id"], "result": result })),
            Outcome::Said(Err(error)) => said.push(json!({ "jsonrpc": "2.0", "id": message["id"], "error": error })),
            Outcome::Taken => {}
            Outcome::Lacking => return server.refuse(Refusal::Scope),
        }
    }
    let streams = message.pointer("/params/name").is_some_and(|name| name == "get_time");
    let mut response = match (said.len(), batch) {
        (0, _) => StatusCode::ACCEPTED.into_response(),
        (1, None) if streams && session.is_some() => {
            let id = session.unwrap_or_default();
            streamed(server.memory.lock().unwrap().stream(id, &said.remove(0)))
        }
        (_, Some(_)) => Json(Value::Array(said)).into_response(),
        (_, None) => Json(said.remove(0)).into_response(),
    };
    if message["method"] == "initialize" && !stateless {
        let id = random();
        response.headers_mut().insert(SESSION, id.parse().unwrap());
        let opened = Session { user: user.to_owned(), streams: Vec::new(), elicitation: None };
        server.memory.lock().unwrap().sessions.insert(id, opened);
    }
    response
}

async fn document(State(server): State<Arc<Server>>, method: Method, uri: Uri) -> Response {
    match server.document(uri.path()).await {
        Some(document) if method == Method::GET => Json(document).into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Events, each as it stands in a stream.
fn streamed(events: Vec<String>) -> Response {
    ([(header::CONTENT_TYPE, "text/event-stream")], events.concat()).into_response()
}

impl Memory {
    /// Answers on a stream of its own: an event to resume from, and then the message.
    fn stream(&mut self, session: &str, message: &Value) -> Vec<String> {
        let name = random();
        let events = vec![format!("id: {name}/0\ndata: \n\n"), format!("id: {name}/1\ndata: {message}\n\n")];
        if let Some(session) = self.sessions.get_mut(session) {
            session.streams.push((name, events.clone()));
        }
        events
    }

    /// What came on the same stream behind this event.
    fn replayed(&self, session: &str, last: &str) -> Option<Vec<String>> {
        let (name, at) = last.split_once('/')?;
        let (_, events) = self.sessions.get(session)?.streams.iter().find(|(known, _)| known == name)?;
        Some(events.iter().skip(at.parse::<usize>().ok()? + 1).cloned().collect())
    }

    fn owns(&self, user: &str, session: &str) -> bool {
        self.sessions.get(session).is_some_and(|known| known.user == user)
    }
}

impl Server {
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.told.port)
    }

    pub fn resource(&self) -> String {
        format!("{}/mcp", self.origin())
    }

    /// The issuers whose tokens are verified here.
    pub fn issuers(&self) -> Vec<&String> {
        let second = self.setup.trusts_two.then_some(&self.told.second_issuer);
        std::iter::once(&self.told.issuer).chain(second).collect()
    }

    /// To find out what the server is and whether it is there is public; where more is, all but a call of a tool is.
    fn is_open(&self, method: &Method, message: &Value) -> bool {
        let named = message["method"].as_str().filter(|_| *method == Method::POST);
        named.is_some_and(|named| match named {
            "ping" | "server/discover" => true,
            named => self.setup.lists_without_token && named != "tools/call",
        })
    }

    fn refuse(&self, refusal: Refusal) -> Response {
        let metadata = format!("{}/.well-known/oauth-protected-resource/mcp", self.origin());
        let bearer = |more: &str| format!("Bearer resource_metadata=\"{metadata}\"{more}");
        let invalid = ", error=\"invalid_token\", error_description=\"The token is not acceptable\"";
        let (status, challenge) = match refusal {
            Refusal::Nothing => (StatusCode::UNAUTHORIZED, bearer(", scope=\"openid\"")),
            Refusal::Malformed => (StatusCode::BAD_REQUEST, bearer(", error=\"invalid_request\"")),
            Refusal::Token => (StatusCode::UNAUTHORIZED, bearer(invalid)),
            Refusal::BoundToken => {
                (StatusCode::UNAUTHORIZED, "DPoP error=\"invalid_token\", algs=\"ES256\"".to_owned())
            }
            Refusal::Proof => {
                (StatusCode::UNAUTHORIZED, "DPoP error=\"invalid_dpop_proof\", algs=\"ES256\"".to_owned())
            }
            Refusal::Scope => {
                let missing = format!(", error=\"insufficient_scope\", scope=\"openid {NARROW}\"");
                (StatusCode::FORBIDDEN, bearer(&missing))
            }
        };
        (status, [(header::WWW_AUTHENTICATE, challenge)]).into_response()
    }

    async fn carry_out(&self, message: &Value, call: &Call<'_>) -> Outcome {
        if message.get("id").is_none() {
            return Outcome::Taken;
        }
        let text = |pointer: &str| message.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let needs_scope = !self.setup.asks_no_scope && ["tools/list", "tools/call"].contains(&text("/method"));
        if needs_scope && call.caller.is_some_and(|caller| !caller.has_base_scope()) {
            return Outcome::Lacking;
        }
        Outcome::Said(match text("/method") {
            "initialize" if !call.stateless => {
                let version = text("/params/protocolVersion");
                Ok(json!({ "protocolVersion": version, "capabilities": capabilities(), "serverInfo": {} }))
            }
            "server/discover" if call.stateless => {
                Ok(json!({ "supportedVersions": ["2026-07-28"], "capabilities": capabilities() }))
            }
            "tools/list" => Ok(super::tools::list()),
            "tools/call" => {
                let Some(caller) = call.caller else { return Outcome::Lacking };
                match text("/params/name") {
                    "write" if !caller.may_write() => return Outcome::Lacking,
                    "calendar" => self.calendar(&caller.user, call),
                    "fetch" => self.fetch().await,
                    name => self.memory.lock().unwrap().tools.call(&caller.user, name, call.params),
                }
            }
            method if method.starts_with("tasks/") => {
                let Some(caller) = call.caller else { return Outcome::Lacking };
                self.memory.lock().unwrap().tools.about_task(&caller.user, method, text("/params/taskId"))
            }
            method => super::tools::document(method)
                .ok_or_else(|| json!({ "code": -32601, "message": "there is no such method" })),
        })
    }

    /// The upstream API, with a credential of the server's own, over a connection of its own.
    async fn fetch(&self) -> Result<Value, Value> {
        let url = format!("http://127.0.0.1:{}/data", self.told.upstream);
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let sent = client.get(url).bearer_auth("the-servers-own-credential").send().await;
        sent.map(|_| json!({ "content": [] })).map_err(|_| refused("the upstream API is not there"))
    }

    async fn document(&self, path: &str) -> Option<Value> {
        if path == "/.well-known/oauth-protected-resource/mcp" {
            let proxy = (self.setup.metadata == Metadata::OfTheProxy).then(|| self.origin());
            let issuers: Vec<_> = proxy.into_iter().chain(self.issuers().into_iter().cloned()).collect();
            return Some(json!({
                "resource": self.resource(), "authorization_servers": issuers, "scopes_supported": ["openid", NARROW],
                "bearer_methods_supported": ["header"],
            }));
        }
        use Metadata::*;
        let below = matches!(self.setup.metadata, OfTheIssuerBelowTheRoot | OwnBelowTheRoot);
        if path != format!("{AUTHORIZATION_SERVER}{}", if below { "/mcp" } else { "" }) {
            return None;
        }
        let origin = self.origin();
        match self.setup.metadata {
            Nothing => None,
            OfTheProxy => Some(proxy::metadata(&origin)),
            OfTheIssuer | OfTheIssuerWithoutRegistration | OfTheIssuerBelowTheRoot => {
                let mut copy = self.fetch_json(&format!("{}{AUTHORIZATION_SERVER}", self.told.issuer)).await?;
                if self.setup.metadata == OfTheIssuerWithoutRegistration {
                    copy.as_object_mut()?.remove("registration_endpoint");
                }
                Some(copy)
            }
            Own | OwnBelowTheRoot => Some(json!({
                "issuer": origin, "authorization_endpoint": format!("{origin}/authorize"),
                "token_endpoint": format!("{origin}/token"), "response_types_supported": ["code"],
            })),
            OwnWithoutEndpoints => Some(json!({ "issuer": origin })),
        }
    }

    pub async fn fetch_json(&self, url: &str) -> Option<Value> {
        self.http.get(url).send().await.ok()?.json().await.ok()
    }

    /// Sends a form; tells the JSON that comes back.
    pub async fn ask(&self, url: &str, form: &[(&str, &str)]) -> Option<Value> {
        self.http.post(url).form(form).send().await.ok()?.json().await.ok()
    }
}
