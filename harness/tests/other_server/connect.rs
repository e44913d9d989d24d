//! A small MCP server with a tool that needs a third party's token, which it gets by URL elicitation. One fault can be
//! switched on.
#![allow(unreachable_pub)]

use crate::host::{listen, random};
use crate::subject::{ALICE, BOB};
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// The variable that holds the password of everybody.
pub const PASSWORD_ENV: &str = "CARGO_PKG_NAME";

/// What the server does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    ShowsToken,
    ShowsTokenInField,
    TakesAnyUser,
    AsksForNoLogin,
}

type Parameters = HashMap<String, String>;

#[derive(Default)]
struct Memory {
    /// What was elicited, and from whom.
    elicited: HashMap<String, String>,
    /// Session to user.
    sessions: HashMap<String, String>,
    /// State to the user for whom the third party is asked.
    states: HashMap<String, String>,
    /// User to the third party's token.
    tokens: HashMap<String, String>,
}

struct Server {
    fault: Option<Fault>,
    origin: String,
    third_party: String,
    memory: Mutex<Memory>,
}

/// Starts the server; tells its endpoint.
pub async fn start(third_party: &str, fault: Option<Fault>) -> String {
    let (listener, origin) = listen().await;
    let server =
        Server { fault, origin: origin.clone(), third_party: third_party.to_owned(), memory: Mutex::default() };
    let router = Router::new()
        .route("/mcp", post(mcp))
        .route("/connect", get(connect))
        .route("/login", post(login))
        .route("/back", get(back))
        .with_state(Arc::new(server));
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("{origin}/mcp")
}

fn redirect(to: &str) -> Response {
    (StatusCode::FOUND, [("location", to.to_owned())]).into_response()
}

async fn mcp(State(server): State<Arc<Server>>, headers: HeaderMap, Json(message): Json<Value>) -> Response {
    let bearer = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let user = match bearer.trim_start_matches("Bearer ") {
        ALICE => "alice",
        BOB => "bob",
        _ => return StatusCode::UNAUTHORIZED.into_response(),
    };
    let Some(id) = message.get("id") else { return StatusCode::ACCEPTED.into_response() };
    let stateless = headers.get("mcp-protocol-version").is_some_and(|version| version == "2026-07-28");
    let mut fields = HeaderMap::new();
    let body = match (message["method"].as_str(), message.pointer("/params/name").and_then(Value::as_str)) {
        (Some("initialize"), _) => {
            json!({ "result": { "protocolVersion": message.pointer("/params/protocolVersion"), "capabilities": {} } })
        }
        (_, Some("disconnect")) => {
            server.memory.lock().unwrap().tokens.remove(user);
            json!({ "result": { "content": [] } })
        }
        (_, Some("calendar")) => server.calendar(user, stateless, &mut fields),
        _ => json!({ "result": { "tools": [] } }),
    };
    let mut answer = json!({ "jsonrpc": "2.0", "id": id });
    answer.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
    (fields, Json(answer)).into_response()
}

async fn connect(State(server): State<Arc<Server>>, headers: HeaderMap, Query(query): Query<Parameters>) -> Response {
    let id = query.get("id").cloned().unwrap_or_default();
    let mut memory = server.memory.lock().unwrap();
    let Some(owner) = memory.elicited.get(&id).cloned() else { return StatusCode::NOT_FOUND.into_response() };
    match server.visitor(&memory, &headers) {
        None if !server.has(Fault::AsksForNoLogin) => {
            return Html(format!(
                "<form method=post action=/login><input type=hidden name=id value={id}><input name=who>\
                 <input type=password name=password><button>Log in</button></form>"
            ))
            .into_response();
        }
        Some(visitor) if visitor != owner && !server.has(Fault::TakesAnyUser) => {
            return StatusCode::FORBIDDEN.into_response();
        }
        _ => {}
    }
    let state = random();
    memory.states.insert(state.clone(), owner);
    let back = format!("{}/back", server.origin);
    let pairs = [("response_type", "code"), ("client_id", "c"), ("redirect_uri", &back), ("state", &state)];
    redirect(url::Url::parse_with_params(&format!("{}/authorize", server.third_party), &pairs).unwrap().as_str())
}

async fn login(State(server): State<Arc<Server>>, Form(form): Form<Parameters>) -> Response {
    let given = |name: &str| form.get(name).cloned().unwrap_or_default();
    if given("password") != std::env::var(PASSWORD_ENV).unwrap() {
        return StatusCode::FORBIDDEN.into_response();
    }
    let session = random();
    server.memory.lock().unwrap().sessions.insert(session.clone(), given("who"));
    let cookie = format!("__Host-session={session}; Path=/; Secure; HttpOnly; SameSite=Lax");
    let to = format!("/connect?id={}", given("id"));
    (StatusCode::SEE_OTHER, [("location", to), ("set-cookie", cookie)]).into_response()
}

async fn back(State(server): State<Arc<Server>>, headers: HeaderMap, Query(query): Query<Parameters>) -> Response {
    let given = |name: &str| query.get(name).cloned().unwrap_or_default();
    let owner = {
        let mut memory = server.memory.lock().unwrap();
        let visitor = server.visitor(&memory, &headers);
        let owner = memory.states.remove(&given("state")).unwrap_or_default();
        let lax = server.has(Fault::TakesAnyUser) || server.has(Fault::AsksForNoLogin);
        if visitor.is_none_or(|visitor| visitor != owner) && !lax {
            return StatusCode::FORBIDDEN.into_response();
        }
        owner
    };
    let form = [("grant_type", "authorization_code".to_owned()), ("code", given("code"))];
    let sent = reqwest::Client::new().post(format!("{}/token", server.third_party)).form(&form).send().await;
    let answer: Value = sent.unwrap().json().await.unwrap();
    let token = answer["access_token"].as_str().unwrap().to_owned();
    server.memory.lock().unwrap().tokens.insert(owner, token);
    Html("<p>You may close this page.</p>").into_response()
}

impl Server {
    fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    fn visitor(&self, memory: &Memory, headers: &HeaderMap) -> Option<String> {
        let cookies = headers.get("cookie")?.to_str().ok()?;
        memory.sessions.get(cookies.split("; ").find_map(|one| one.strip_prefix("__Host-session="))?).cloned()
    }

    /// The tool: with the third party's token it works, without it demands one, as the revision has it.
    fn calendar(&self, user: &str, stateless: bool, fields: &mut HeaderMap) -> Value {
        let mut memory = self.memory.lock().unwrap();
        if let Some(token) = memory.tokens.get(user) {
            if self.has(Fault::ShowsTokenInField) {
                fields.insert("x-third-party", token.parse().unwrap());
            }
            let text = if self.has(Fault::ShowsToken) { token } else { "nothing today" };
            return json!({ "result": { "content": [{ "type": "text", "text": text }] } });
        }
        let id = random();
        memory.elicited.insert(id.clone(), user.to_owned());
        let url = format!("{}/connect?id={id}", self.origin);
        let params = json!({ "mode": "url", "elicitationId": id, "url": url, "message": "Connect your calendar" });
        match stateless {
            true => json!({ "result": {
                "resultType": "input_required",
                "inputRequests": { "connect": { "method": "elicitation/create", "params": params } },
                "requestState": id,
            } }),
            false => json!({ "error": { "code": -32042, "message": "open it", "data": { "elicitations": [params] } } }),
        }
    }
}
