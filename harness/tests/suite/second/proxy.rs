//! The second subject as a proxy before a third-party authorization server: it registers clients, has the user consent to
//! each, and sends the browser on.

use super::server::{Server, cookie, random, redirect};
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use harness::protocol::pkce::s256;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

const CSRF: &str = "__Host-csrf";
const CONSENT: &str = "__Host-consent";
const STATE: &str = "__Host-state";
const SCOPE: &str = "calendar:read";

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
}

/// What the proxy remembers.
#[derive(Default)]
pub struct Memory {
    clients: HashMap<String, Client>,
    /// Authorization requests that wait for consent.
    transactions: HashMap<String, Transaction>,
    /// Consent cookie to the clients consented to.
    consents: HashMap<String, HashSet<String>>,
    /// What was consented to, by the state towards the third party.
    pending: HashMap<String, Transaction>,
    /// Code to transaction and the third party's token.
    codes: HashMap<String, (Transaction, String)>,
    /// Access token to the third party's token.
    access: HashMap<String, String>,
    /// The same for refresh tokens.
    refresh: HashMap<String, String>,
}

/// The endpoints of the proxy.
pub fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/oauth/register", post(register))
        .route("/oauth/authorize", get(authorize))
        .route("/oauth/consent", post(consent))
        .route("/oauth/callback", get(callback))
        .route("/oauth/token", post(token))
}

/// Its metadata (RFC 8414).
pub fn metadata(origin: &str) -> Value {
    let at = |path: &str| format!("{origin}/oauth/{path}");
    json!({
        "issuer": origin,
        "authorization_endpoint": at("authorize"),
        "token_endpoint": at("token"),
        "registration_endpoint": at("register"),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none"],
    })
}

fn set(response: &mut Response, name: &str, value: &str) {
    let text = format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax");
    response.headers_mut().append("set-cookie", text.parse().unwrap());
}

fn refusal() -> Response {
    (StatusCode::BAD_REQUEST, Html("<p>That does not work.</p>")).into_response()
}

fn failure(error: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response()
}

fn with_query(url: &str, pairs: &[(&str, &str)]) -> String {
    url::Url::parse_with_params(url, pairs).unwrap().into()
}

async fn register(State(server): State<Arc<Server>>, Json(asked): Json<Value>) -> Response {
    let text = |pointer: &str| asked.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (id, client) = (random(), Client { name: text("/client_name"), redirect_uri: text("/redirect_uris/0") });
    if !client.redirect_uri.starts_with("https://") {
        return failure("invalid_redirect_uri");
    }
    server.memory.lock().unwrap().proxy.clients.insert(id.clone(), client);
    (StatusCode::CREATED, Json(json!({ "client_id": id }))).into_response()
}

async fn authorize(State(server): State<Arc<Server>>, headers: HeaderMap, Query(query): Query<Parameters>) -> Response {
    let given = |name: &str| query.get(name).cloned().unwrap_or_default();
    let memory = &mut server.memory.lock().unwrap().proxy;
    let Some(client) = memory.clients.get(&given("client_id")) else { return refusal() };
    if client.redirect_uri != given("redirect_uri") || given("code_challenge").is_empty() {
        return refusal();
    }
    let transaction = Transaction {
        client: given("client_id"),
        redirect_uri: given("redirect_uri"),
        client_state: given("state"),
        challenge: given("code_challenge"),
        csrf: random(),
    };
    let consented = cookie(&headers, CONSENT).and_then(|value| memory.consents.get(&value));
    if consented.is_some_and(|clients| clients.contains(&transaction.client)) {
        return forward(&server, memory, transaction);
    }
    let id = random();
    let mut response = Html(page(&id, &client.name, &transaction)).into_response();
    response.headers_mut().insert("content-security-policy", "frame-ancestors 'none'".parse().unwrap());
    set(&mut response, CSRF, &transaction.csrf);
    memory.transactions.insert(id, transaction);
    response
}

fn page(id: &str, client: &str, transaction: &Transaction) -> String {
    let Transaction { redirect_uri, csrf, client: client_id, .. } = transaction;
    format!(
        "<!doctype html><title>Consent</title><h1>{client} asks for {SCOPE}</h1><p>You will be sent to {redirect_uri}.</p>\
         <form method=post action=/oauth/consent><input type=hidden name=transaction value={id}>\
         <input type=hidden name=client_id value={client_id}><input type=hidden name=csrf value={csrf}>\
         <button>Allow</button></form>"
    )
}

async fn consent(State(server): State<Arc<Server>>, headers: HeaderMap, Form(form): Form<Parameters>) -> Response {
    let given = |name: &str| form.get(name).cloned().unwrap_or_default();
    let memory = &mut server.memory.lock().unwrap().proxy;
    let Some(transaction) = memory.transactions.remove(&given("transaction")) else { return refusal() };
    let of_browser = cookie(&headers, CSRF).is_some_and(|value| value == transaction.csrf);
    if given("csrf") != transaction.csrf || !of_browser {
        return refusal();
    }
    let known = cookie(&headers, CONSENT).filter(|value| memory.consents.contains_key(value));
    let value = known.unwrap_or_else(random);
    memory.consents.entry(value.clone()).or_default().insert(transaction.client.clone());
    let mut response = forward(&server, memory, transaction);
    set(&mut response, CONSENT, &value);
    response
}

/// Sends the browser to the third party, and gives it the cookie by which the callback will know it.
fn forward(server: &Server, memory: &mut Memory, transaction: Transaction) -> Response {
    let (callback, state) = (format!("{}/oauth/callback", server.origin()), random());
    let to = with_query(
        &format!("{}/authorize", server.told.third_party),
        &[
            ("response_type", "code"),
            ("client_id", "the-one-client"),
            ("redirect_uri", &callback),
            ("scope", SCOPE),
            ("state", &state),
        ],
    );
    let mut response = redirect(&to);
    set(&mut response, STATE, &state);
    memory.pending.insert(state, transaction);
    response
}

async fn callback(State(server): State<Arc<Server>>, headers: HeaderMap, Query(query): Query<Parameters>) -> Response {
    let given = |name: &str| query.get(name).cloned().unwrap_or_default();
    let state = given("state");
    if cookie(&headers, STATE).is_none_or(|of_browser| of_browser != state) {
        return refusal();
    }
    let transaction = server.memory.lock().unwrap().proxy.pending.remove(&state);
    let Some(transaction) = transaction else { return refusal() };
    let form = [("grant_type", "authorization_code"), ("code", &given("code"))];
    let answer = server.ask(&format!("{}/token", server.told.third_party), &form).await.unwrap_or_default();
    let Some(token) = answer["access_token"].as_str() else { return refusal() };
    let code = random();
    let to = with_query(&transaction.redirect_uri, &[("code", &code), ("state", &transaction.client_state)]);
    server.memory.lock().unwrap().proxy.codes.insert(code, (transaction, token.to_owned()));
    redirect(&to)
}

async fn token(State(server): State<Arc<Server>>, Form(form): Form<Parameters>) -> Response {
    let given = |name: &str| form.get(name).cloned().unwrap_or_default();
    let memory = &mut server.memory.lock().unwrap().proxy;
    let behind = match given("grant_type").as_str() {
        "refresh_token" => memory.refresh.remove(&given("refresh_token")),
        "authorization_code" => {
            let redeemed = memory.codes.remove(&given("code"));
            let of_client = |transaction: &Transaction| transaction.challenge == s256(&given("code_verifier"));
            redeemed.filter(|(transaction, _)| of_client(transaction)).map(|(_, token)| token)
        }
        _ => return failure("unsupported_grant_type"),
    };
    let Some(behind) = behind else { return failure("invalid_grant") };
    let (access, refresh) = (random(), random());
    memory.access.insert(access.clone(), behind.clone());
    memory.refresh.insert(refresh.clone(), behind);
    let tokens =
        json!({ "access_token": access, "token_type": "Bearer", "expires_in": 3600, "refresh_token": refresh });
    ([("cache-control", "no-store")], Json(tokens)).into_response()
}

impl Server {
    /// The user of an access token of the proxy, as long as the session at the third party lasts.
    pub async fn user_of_proxy(&self, token: &str) -> Option<String> {
        let behind = self.memory.lock().unwrap().proxy.access.get(token).cloned()?;
        let told = self.ask(&format!("{}/introspect", self.told.third_party), &[("token", &behind)]).await?;
        (told["active"] == true).then(|| format!("{} at the third party", told["sub"]))
    }
}
