//! A small MCP server with all that the reference server lacks: state handles, demands for input, tasks, elicitation and
//! an upstream API. It believes two tokens. One fault can be switched on.
#![allow(unreachable_pub)]

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use harness::protocol::pkce::s256;
use harness::tokens::dpop;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;

pub const ALICE: &str = "token-of-alice-with-some-length";
pub const BOB: &str = "token-of-bob-with-some-length";

/// A token bound to the key of the harness.
pub const BOUND: &str = "token-bound-to-a-key";
/// One that is for another server.
pub const BOUND_ELSEWHERE: &str = "token-bound-to-a-key-for-another-host";

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
    AcceptsNoProof,
    ChecksNoProof,
    ChecksNoTime,
    ChecksNoThumbprint,
    AcceptsBoundAsBearer,
    ChallengesForBearer,
    ChecksNoAudience,
    AllowsReplay,
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
    /// The proofs that were used.
    proofs: HashSet<String>,
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
        Some(BOUND) if server.has(Fault::AcceptsBoundAsBearer) => ALICE.to_owned(),
        _ if bearer.starts_with("DPoP ") => match server.proven(bearer.trim_start_matches("DPoP "), &headers) {
            Some(()) => ALICE.to_owned(),
            None => return server.challenge(),
        },
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

impl Server {
    fn challenge(&self) -> Response {
        let scheme = if self.has(Fault::ChallengesForBearer) { "Bearer" } else { "DPoP" };
        let challenge = format!("{scheme} error=\"invalid_dpop_proof\"");
        (StatusCode::UNAUTHORIZED, [("www-authenticate", challenge)]).into_response()
    }

    /// Checks the one proof beside a bound token (RFC 9449 section 4.3).
    fn proven(&self, token: &str, headers: &HeaderMap) -> Option<()> {
        let is_ours = token == BOUND || token == BOUND_ELSEWHERE && self.has(Fault::ChecksNoAudience);
        let mut proofs = headers.get_all("dpop").iter();
        let (first, second) = (proofs.next(), proofs.next());
        if first.is_none() && self.has(Fault::AcceptsNoProof) {
            return is_ours.then_some(());
        }
        let proof = first.filter(|_| second.is_none())?.to_str().ok()?;
        let (content, signature) = proof.rsplit_once('.')?;
        let (header, claims) = content.split_once('.')?;
        let decode = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).ok();
        let json = |text: &str| serde_json::from_slice::<Value>(&decode(text)?).ok();
        let (header, claims) = (json(header)?, json(claims)?);
        let jwk = |name: &str| header.pointer(&format!("/jwk/{name}")).and_then(Value::as_str);
        let (x, y) = (jwk("x")?, jwk("y")?);
        let thumbprint = s256(&format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#));
        let point = [vec![4], decode(x)?, decode(y)?].concat();
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
        let signed = key.verify(content.as_bytes(), &decode(signature)?).is_ok();
        let is = |name: &str, value: &str| claims.get(name).is_some_and(|claim| claim == value);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64();
        let fresh = claims.get("iat").and_then(Value::as_f64).is_some_and(|at| (now - at).abs() <= 300.0);
        let complete = signed
            && header["typ"] == "dpop+jwt"
            && header["alg"] == "ES256"
            && jwk("d").is_none()
            && is("htm", "POST")
            && claims["htu"].as_str().is_some_and(|url| url.ends_with("/mcp") && url.starts_with("http://127.0.0.1:"))
            && is("ath", &s256(token))
            && claims["jti"].is_string();
        let new = self.memory.lock().unwrap().proofs.insert(claims["jti"].to_string());
        let good = is_ours
            && (complete || self.has(Fault::ChecksNoProof))
            && (fresh || self.has(Fault::ChecksNoTime))
            && (Some(thumbprint) == dpop::thumbprint() || self.has(Fault::ChecksNoThumbprint))
            && (new || self.has(Fault::AllowsReplay));
        good.then_some(())
    }
}

fn demand(state: &str) -> Value {
    let asked = json!({ "type": "object", "properties": { "colour": { "type": "string" } } });
    let elicitation = json!({ "method": "elicitation/create", "params": { "mode": "form", "requestedSchema": asked } });
    json!({ "resultType": "input_required", "inputRequests": { "colour": elicitation }, "requestState": state })
}
