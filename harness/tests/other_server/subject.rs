//! A small MCP server with all that the reference server lacks: state handles, demands for input, tasks, elicitation and
//! an upstream API. It believes two tokens. One fault can be switched on.
#![allow(unreachable_pub)]

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

pub const ALICE: &str = "token-of-alice-with-some-length";
pub const BOB: &str = "token-of-bob-with-some-length";

/// What the server does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    HandleIsALogin,
    HandleOfAnybody,
    CountsHandles,
    BelievesAnyState,
    StateOfAnybody,
    StateForAnyRequest,
    TaskOfAnybody,
    ListsTasksOfAll,
    ForwardsToken,
    ForwardsTokenInQuery,
    PutsTokenIntoUrl,
    AsksForPassword,
}

/// The running server.
pub struct Subject {
    pub endpoint: String,
    pub upstream: u16,
}

#[derive(Default)]
struct Memory {
    /// Handle to owner.
    handles: HashMap<String, String>,
    /// requestState to owner and arguments.
    states: HashMap<String, (String, Value)>,
    /// Task to owner.
    tasks: HashMap<String, String>,
}

struct Server {
    fault: Option<Fault>,
    upstream: u16,
    memory: Mutex<Memory>,
}

impl Subject {
    pub async fn start(fault: Option<Fault>) -> Self {
        let spare = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let upstream = spare.local_addr().unwrap().port();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://127.0.0.1:{}/mcp", listener.local_addr().unwrap().port());
        drop(spare);
        let server = Arc::new(Server { fault, upstream, memory: Mutex::default() });
        let router = Router::new().route("/mcp", post(answer)).with_state(server);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { endpoint, upstream }
    }
}

async fn answer(State(server): State<Arc<Server>>, headers: HeaderMap, body: String) -> Response {
    let message: Value = serde_json::from_str(&body).unwrap_or_default();
    let text = |pointer: &str| message.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let bearer = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let user = match bearer.strip_prefix("Bearer ") {
        Some(token) if token == ALICE || token == BOB => token.to_owned(),
        _ if server.has(Fault::HandleIsALogin) && text("/params/name") == "use_handle" => {
            let handle = text("/params/arguments/handle");
            server.memory.lock().unwrap().handles.get(&handle).cloned().unwrap_or_default()
        }
        _ => return StatusCode::UNAUTHORIZED.into_response(),
    };
    let Some(id) = message.get("id").cloned() else { return StatusCode::ACCEPTED.into_response() };
    let outcome = match text("/method").as_str() {
        "initialize" => Ok(json!({ "protocolVersion": text("/params/protocolVersion"), "capabilities": {} })),
        "tools/list" => Ok(json!({ "tools": [] })),
        "tools/call" if text("/params/name") == "fetch" => server.fetch(&user).await,
        "tools/call" => server.call(&user, &text("/params/name"), &message["params"]),
        "tasks/list" => Ok(server.list(&user)),
        method if method.starts_with("tasks/") => server.task(&user, &text("/params/taskId")),
        _ => Err(json!({ "code": -32601, "message": "unknown" })),
    };
    let body = match outcome {
        Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
        Err(error) => json!({ "jsonrpc": "2.0", "id": id, "error": error }),
    };
    let session = uuid::Uuid::new_v4().to_string();
    let fields = [("content-type", "application/json".to_owned()), ("mcp-session-id", session)];
    (fields, body.to_string()).into_response()
}

fn refused() -> Result<Value, Value> {
    Err(json!({ "code": -32602, "message": "there is no such thing" }))
}

impl Server {
    fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    fn call(&self, user: &str, name: &str, params: &Value) -> Result<Value, Value> {
        let mut memory = self.memory.lock().unwrap();
        let random = uuid::Uuid::new_v4().to_string();
        match name {
            "make_handle" => {
                let counted = format!("handle-{:030}", memory.handles.len());
                let handle = if self.has(Fault::CountsHandles) { counted } else { random };
                memory.handles.insert(handle.clone(), user.to_owned());
                Ok(json!({ "content": [], "structuredContent": { "handle": handle } }))
            }
            "use_handle" => {
                let handle = params.pointer("/arguments/handle").and_then(Value::as_str).unwrap_or_default();
                match memory.handles.get(handle) {
                    Some(owner) if owner == user || self.has(Fault::HandleOfAnybody) => Ok(json!({ "content": [] })),
                    _ => Ok(json!({ "content": [], "isError": true })),
                }
            }
            "ask" => match params.get("requestState").and_then(Value::as_str) {
                None => {
                    memory.states.insert(random.clone(), (user.to_owned(), params["arguments"].clone()));
                    Ok(demand(&random))
                }
                Some(state) => self.resume(&memory, user, state, &params["arguments"]),
            },
            "work" => {
                memory.tasks.insert(random.clone(), user.to_owned());
                let task = json!({ "taskId": random, "status": "working" });
                Ok(json!({ "resultType": "task", "taskId": random, "task": task }))
            }
            "connect" => Err(self.elicitations(user)),
            _ => refused(),
        }
    }

    fn resume(&self, memory: &Memory, user: &str, state: &str, arguments: &Value) -> Result<Value, Value> {
        let good = memory.states.get(state).is_some_and(|(owner, asked)| {
            (owner == user || self.has(Fault::StateOfAnybody))
                && (asked == arguments || self.has(Fault::StateForAnyRequest))
        });
        if good || self.has(Fault::BelievesAnyState) { Ok(json!({ "content": [] })) } else { refused() }
    }

    fn task(&self, user: &str, id: &str) -> Result<Value, Value> {
        match self.memory.lock().unwrap().tasks.get(id) {
            Some(owner) if owner == user || self.has(Fault::TaskOfAnybody) => {
                Ok(json!({ "taskId": id, "status": "working" }))
            }
            _ => refused(),
        }
    }

    fn list(&self, user: &str) -> Value {
        let memory = self.memory.lock().unwrap();
        let shown = memory.tasks.iter().filter(|(_, owner)| *owner == user || self.has(Fault::ListsTasksOfAll));
        json!({ "tasks": shown.map(|(id, _)| json!({ "taskId": id })).collect::<Vec<_>>() })
    }

    fn elicitations(&self, token: &str) -> Value {
        let query = if self.has(Fault::PutsTokenIntoUrl) { format!("?who={token}") } else { String::new() };
        let asked = if self.has(Fault::AsksForPassword) { "password" } else { "colour" };
        let elicitations = json!([
            { "mode": "url", "elicitationId": "1", "url": format!("https://mcp.example/connect{query}") },
            { "mode": "form", "requestedSchema": { "properties": { asked: { "type": "string" } } } },
        ]);
        json!({ "code": -32042, "message": "open it first", "data": { "elicitations": elicitations } })
    }

    async fn fetch(&self, token: &str) -> Result<Value, Value> {
        let query =
            if self.has(Fault::ForwardsTokenInQuery) { format!("?access_token={token}") } else { String::new() };
        let own = if self.has(Fault::ForwardsToken) { token } else { "the-servers-own-credential" };
        let url = format!("http://127.0.0.1:{}/data{query}", self.upstream);
        let sent = reqwest::Client::new().get(url).bearer_auth(own).send().await;
        sent.map(|_| json!({ "content": [] })).or_else(|_| refused())
    }
}

fn demand(state: &str) -> Value {
    let asked = json!({ "type": "object", "properties": { "colour": { "type": "string" } } });
    let elicitation = json!({ "method": "elicitation/create", "params": { "mode": "form", "requestedSchema": asked } });
    json!({ "resultType": "input_required", "inputRequests": { "colour": elicitation }, "requestState": state })
}
