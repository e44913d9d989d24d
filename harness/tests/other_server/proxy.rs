//! A small MCP server that is a proxy before a third-party authorization server, and keeps all rules for that. One fault
//! can be switched on.
#![allow(unreachable_pub)]

use crate::host::{listen, random};
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use harness::protocol::pkce::s256;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

/// What the proxy does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    ForwardsAtOnce,
    ConsentsForAllClients,
    HidesClient,
    HidesScopes,
    HidesRedirectUri,
    ChecksNoCsrfToken,
    TakesAnyCsrfToken,
    AllowsFrames,
    SetsPlainCookie,
    BelievesConsentCookie,
    ComparesBeginnings,
    IgnoresCase,
    IgnoresState,
    KeepsState,
    TakesStateFromAnybody,
    CountsStates,
    SetsStateEarly,
    OutlivesThirdParty,
    TokensWithoutEnd,
    KeepsRefreshToken,
}

type Parameters = HashMap<String, String>;

struct Client {
    name: String,
    redirect_uri: String,
}

/// An authorization request on its way.
#[derive(Clone)]
struct Transaction {
    client: String,
    redirect_uri: String,
    client_state: String,
    challenge: String,
    csrf: String,
    state: String,
}

#[derive(Default)]
struct Memory {
    clients: HashMap<String, Client>,
    transactions: HashMap<String, Transaction>,
    /// Session to the clients consented to.
    consents: HashMap<String, HashSet<String>>,
    /// The transactions that were consented to, by the state towards the third party.
    pending: HashMap<String, Transaction>,
    /// Code to transaction and the third party's token.
    codes: HashMap<String, (Transaction, String)>,
    /// Token, of either kind, to the third party's token.
    tokens: HashMap<String, String>,
    states: usize,
}

struct Proxy {
    fault: Option<Fault>,
    origin: String,
    third_party: String,
    memory: Mutex<Memory>,
}

/// Starts the proxy before the third party; tells its endpoint.
pub async fn start(third_party: &str, fault: Option<Fault>) -> String {
    let (listener, origin) = listen().await;
    let proxy = Proxy { fault, origin: origin.clone(), third_party: third_party.to_owned(), memory: Mutex::default() };
    let router = Router::new()
        .route("/.well-known/oauth-authorization-server", get(metadata))
        .route("/register", post(register))
        .route("/authorize", get(authorize))
        .route("/consent", post(consent))
        .route("/callback", get(callback))
        .route("/token", post(token))
        .route("/mcp", post(mcp))
        .with_state(Arc::new(proxy));
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("{origin}/mcp")
}

fn cookie(headers: &HeaderMap, name: &str) -> String {
    let all = headers.get("cookie").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut pairs = all.split("; ").filter_map(|pair| pair.split_once('='));
    pairs.find(|(found, _)| *found == name).map(|(_, value)| value.to_owned()).unwrap_or_default()
}

fn set(response: &mut Response, name: &str, value: &str) {
    let text = format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax");
    response.headers_mut().append("set-cookie", text.parse().unwrap());
}

fn redirect(to: &str) -> Response {
    (StatusCode::FOUND, [("location", to.to_owned())]).into_response()
}

fn refusal() -> Response {
    (StatusCode::BAD_REQUEST, Html("<p>That does not work.</p>")).into_response()
}

fn with_query(url: &str, pairs: &[(&str, &str)]) -> String {
    url::Url::parse_with_params(url, pairs).unwrap().into()
}

async fn metadata(State(proxy): State<Arc<Proxy>>) -> Json<Value> {
    let at = |path: &str| format!("{}{path}", proxy.origin);
    Json(json!({
        "issuer": proxy.origin,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "registration_endpoint": at("/register"),
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
    }))
}

async fn register(State(proxy): State<Arc<Proxy>>, Json(asked): Json<Value>) -> Response {
    let text = |pointer: &str| asked.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (id, client) = (random(), Client { name: text("/client_name"), redirect_uri: text("/redirect_uris/0") });
    if client.redirect_uri.is_empty() {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_redirect_uri" }))).into_response();
    }
    proxy.memory.lock().unwrap().clients.insert(id.clone(), client);
    (StatusCode::CREATED, Json(json!({ "client_id": id }))).into_response()
}

async fn authorize(State(proxy): State<Arc<Proxy>>, headers: HeaderMap, Query(query): Query<Parameters>) -> Response {
    let given = |name: &str| query.get(name).cloned().unwrap_or_default();
    let mut memory = proxy.memory.lock().unwrap();
    let Some(client) = memory.clients.get(&given("client_id")) else { return refusal() };
    if !proxy.matches(&client.redirect_uri, &given("redirect_uri")) {
        return refusal();
    }
    let name = if proxy.has(Fault::HidesClient) { "Somebody".to_owned() } else { client.name.clone() };
    memory.states += 1;
    let state = if proxy.has(Fault::CountsStates) { format!("{:032}", memory.states) } else { random() };
    let transaction = Transaction {
        client: given("client_id"),
        redirect_uri: given("redirect_uri"),
        client_state: given("state"),
        challenge: given("code_challenge"),
        csrf: random(),
        state,
    };
    if proxy.has(Fault::ForwardsAtOnce) || proxy.remembers(&memory, &headers, &transaction.client) {
        return proxy.forward(&mut memory, transaction);
    }
    let id = random();
    let mut response = Html(proxy.page(&id, &name, &transaction)).into_response();
    if !proxy.has(Fault::AllowsFrames) {
        response.headers_mut().insert("content-security-policy", "frame-ancestors 'none'".parse().unwrap());
    }
    set(&mut response, "__Host-csrf", &transaction.csrf);
    if proxy.has(Fault::SetsStateEarly) {
        set(&mut response, "__Host-state", &transaction.state);
    }
    memory.transactions.insert(id, transaction);
    response
}

async fn consent(State(proxy): State<Arc<Proxy>>, headers: HeaderMap, Form(form): Form<Parameters>) -> Response {
    let given = |name: &str| form.get(name).cloned().unwrap_or_default();
    let mut memory = proxy.memory.lock().unwrap();
    let Some(transaction) = memory.transactions.remove(&given("transaction")) else { return refusal() };
    let of_transaction = given("csrf") == transaction.csrf || proxy.has(Fault::ChecksNoCsrfToken);
    let of_browser = cookie(&headers, "__Host-csrf") == transaction.csrf;
    if !of_transaction || !(of_browser || proxy.has(Fault::TakesAnyCsrfToken) || proxy.has(Fault::ChecksNoCsrfToken)) {
        return refusal();
    }
    let (name, session) = (proxy.consent_cookie(), cookie(&headers, proxy.consent_cookie()));
    let session = match proxy.has(Fault::BelievesConsentCookie) {
        true => format!("{session}-{}", transaction.client),
        false if memory.consents.contains_key(&session) => session,
        false => random(),
    };
    memory.consents.entry(session.clone()).or_default().insert(transaction.client.clone());
    let mut response = proxy.forward(&mut memory, transaction);
    match proxy.has(Fault::SetsPlainCookie) {
        true => drop(response.headers_mut().append("set-cookie", format!("{name}={session}; Path=/").parse().unwrap())),
        false => set(&mut response, name, &session),
    }
    response
}

async fn callback(State(proxy): State<Arc<Proxy>>, headers: HeaderMap, Query(query): Query<Parameters>) -> Response {
    let given = |name: &str| query.get(name).cloned().unwrap_or_default();
    let of_browser = cookie(&headers, "__Host-state");
    let state = if proxy.has(Fault::IgnoresState) { of_browser.clone() } else { given("state") };
    if of_browser != state && !proxy.has(Fault::TakesStateFromAnybody) {
        return refusal();
    }
    let transaction = proxy.memory.lock().unwrap().pending.get(&state).cloned();
    let Some(transaction) = transaction else { return refusal() };
    if !proxy.has(Fault::KeepsState) {
        proxy.memory.lock().unwrap().pending.remove(&state);
    }
    let form = [("grant_type", "authorization_code"), ("code", &given("code"))];
    let answer = proxy.ask("/token", &form).await;
    let Some(token) = answer["access_token"].as_str() else { return refusal() };
    let code = random();
    proxy.memory.lock().unwrap().codes.insert(code.clone(), (transaction.clone(), token.to_owned()));
    redirect(&with_query(&transaction.redirect_uri, &[("code", &code), ("state", &transaction.client_state)]))
}

async fn token(State(proxy): State<Arc<Proxy>>, Form(form): Form<Parameters>) -> Response {
    let given = |name: &str| form.get(name).cloned().unwrap_or_default();
    let mut memory = proxy.memory.lock().unwrap();
    let behind = match given("grant_type").as_str() {
        "refresh_token" => memory.tokens.remove(&given("refresh_token")),
        _ => memory
            .codes
            .remove(&given("code"))
            .and_then(|(transaction, token)| (transaction.challenge == s256(&given("code_verifier"))).then_some(token)),
    };
    let Some(behind) = behind else {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response();
    };
    let keeps = given("grant_type") == "refresh_token" && proxy.has(Fault::KeepsRefreshToken);
    let (access, refresh) = (random(), if keeps { given("refresh_token") } else { random() });
    for token in [&access, &refresh] {
        memory.tokens.insert(token.clone(), behind.clone());
    }
    let mut answer = json!({ "access_token": access, "token_type": "Bearer", "refresh_token": refresh });
    if !proxy.has(Fault::TokensWithoutEnd) {
        answer["expires_in"] = 3600.into();
    }
    Json(answer).into_response()
}

async fn mcp(State(proxy): State<Arc<Proxy>>, headers: HeaderMap, Json(message): Json<Value>) -> Response {
    let bearer = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let behind = proxy.memory.lock().unwrap().tokens.get(bearer.trim_start_matches("Bearer ")).cloned();
    let Some(behind) = behind else { return StatusCode::UNAUTHORIZED.into_response() };
    let status = proxy.ask("/introspect", &[("token", &behind)]).await;
    if status["active"] != true && !proxy.has(Fault::OutlivesThirdParty) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let Some(id) = message.get("id") else { return StatusCode::ACCEPTED.into_response() };
    let version = message.pointer("/params/protocolVersion").cloned().unwrap_or_default();
    let result = match message["method"].as_str() {
        Some("initialize") => json!({ "protocolVersion": version, "capabilities": {} }),
        _ => json!({ "tools": [] }),
    };
    Json(json!({ "jsonrpc": "2.0", "id": id, "result": result })).into_response()
}

impl Proxy {
    fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    fn matches(&self, registered: &str, given: &str) -> bool {
        registered == given
            || self.has(Fault::ComparesBeginnings) && given.starts_with(registered)
            || self.has(Fault::IgnoresCase) && given.eq_ignore_ascii_case(registered)
    }

    fn consent_cookie(&self) -> &'static str {
        if self.has(Fault::SetsPlainCookie) { "consent" } else { "__Host-consent" }
    }

    /// Whether the browser's user consented to the client before.
    fn remembers(&self, memory: &Memory, headers: &HeaderMap, client: &str) -> bool {
        let session = cookie(headers, self.consent_cookie());
        match memory.consents.get(&session) {
            _ if self.has(Fault::BelievesConsentCookie) => session.contains(client),
            Some(_) if self.has(Fault::ConsentsForAllClients) => true,
            Some(clients) => clients.contains(client),
            None => false,
        }
    }

    /// Sends the browser to the third party, and gives it the cookie by which the callback will know it.
    fn forward(&self, memory: &mut Memory, transaction: Transaction) -> Response {
        let callback = format!("{}/callback", self.origin);
        let to = with_query(
            &format!("{}/authorize", self.third_party),
            &[
                ("response_type", "code"),
                ("client_id", "the-one-client"),
                ("redirect_uri", &callback),
                ("scope", "calendar:read"),
                ("state", &transaction.state),
            ],
        );
        let mut response = redirect(&to);
        set(&mut response, "__Host-state", &transaction.state);
        memory.pending.insert(transaction.state.clone(), transaction);
        response
    }

    fn page(&self, id: &str, client: &str, transaction: &Transaction) -> String {
        let scopes = if self.has(Fault::HidesScopes) { "something" } else { "calendar:read" };
        let to = if self.has(Fault::HidesRedirectUri) { "the client" } else { &transaction.redirect_uri };
        format!(
            "<!doctype html><title>Consent</title><h1>{client} asks for {scopes}</h1><p>You will be sent to {to}.</p>\
             <form method=post action=/consent><input type=hidden name=transaction value={id}>\
             <input type=hidden name=csrf value={}><button>Allow</button></form>",
            transaction.csrf
        )
    }

    async fn ask(&self, path: &str, form: &[(&str, &str)]) -> Value {
        let sent = reqwest::Client::new().post(format!("{}{path}", self.third_party)).form(form).send().await;
        sent.unwrap().json().await.unwrap()
    }
}
