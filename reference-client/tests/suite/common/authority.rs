//! The authorization server of the tests: metadata, authorize, token, register. Approves at once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{RawQuery, State},
    http::{StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde_json::{Map, Value, json};
use url::Url;

use super::{Log, pairs, value};

/// A change a test makes to a JSON answer.
pub type Bend = Arc<dyn Fn(&mut Map<String, Value>) + Send + Sync>;

pub struct Script {
    /// Documents by path; anything else is 404.
    pub metadata: HashMap<String, Value>,
    /// Applied to every token answer.
    pub token: Option<Bend>,
    /// Instead of a token: status and body.
    pub refuse_token: Option<(u16, Value)>,
    /// Instead of refreshed tokens: status and body.
    pub refuse_refresh: Option<(u16, Value)>,
    /// Sent as `iss`; `None` leaves it out.
    pub iss: Option<String>,
    /// Appended as it is, without another encoding.
    pub raw_iss: Option<String>,
    /// Instead of a code: the error.
    pub error: Option<String>,
    /// Applied to the registration answer.
    pub registration: Option<Bend>,
    pub refuse_registration: Option<(u16, Value)>,
    /// Scopes by access token and by code.
    pub scopes: HashMap<String, String>,
    pub challenges: HashMap<String, String>,
    pub issued: usize,
    /// Grant this instead of what was asked for.
    pub narrow: Option<String>,
    pub hand_out_refresh_tokens: bool,
    pub live_refresh_tokens: Vec<String>,
}

#[derive(Clone)]
pub struct Authority {
    pub issuer: String,
    pub base: String,
    pub script: Arc<Mutex<Script>>,
}

impl Authority {
    pub async fn start(log: Log, issuer_path: &str) -> Self {
        Self::start_as("as", log, issuer_path).await
    }

    /// Starts it under another name in the log.
    pub async fn start_as(peer: &'static str, log: Log, issuer_path: &str) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let authority = Self::unserved(&format!("http://{}", listener.local_addr().unwrap()), issuer_path);
        let router = super::serve(peer, log, authority.router()).await;
        tokio::spawn(async move { axum::serve(listener, router).await });
        authority
    }

    pub fn unserved(base: &str, issuer_path: &str) -> Self {
        let issuer = format!("{base}{issuer_path}");
        let location = format!("/.well-known/oauth-authorization-server{}", issuer_path.trim_end_matches('/'));
        let script = Script {
            metadata: HashMap::from([(location, honest_metadata(&issuer, base))]),
            token: None,
            refuse_token: None,
            refuse_refresh: None,
            iss: None,
            raw_iss: None,
            error: None,
            registration: None,
            refuse_registration: None,
            scopes: HashMap::new(),
            challenges: HashMap::new(),
            issued: 0,
            narrow: None,
            hand_out_refresh_tokens: false,
            live_refresh_tokens: Vec::new(),
        };
        Self { issuer, base: base.to_owned(), script: Arc::new(Mutex::new(script)) }
    }

    pub fn router(&self) -> Router {
        Router::new()
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .route("/register", post(register))
            .fallback(document_at)
            .with_state(self.clone())
    }

    pub fn change(&self, change: impl FnOnce(&mut Script)) {
        change(&mut self.script.lock().unwrap());
    }

    /// Changes every metadata document.
    pub fn bend_metadata(&self, bend: impl Fn(&mut Map<String, Value>)) {
        for document in self.script.lock().unwrap().metadata.values_mut() {
            bend(document.as_object_mut().unwrap());
        }
    }

    /// Serves the one document somewhere else.
    pub fn move_metadata(&self, path: &str) {
        let mut script = self.script.lock().unwrap();
        let document = script.metadata.values().next().unwrap().clone();
        script.metadata = HashMap::from([(path.to_owned(), document)]);
    }

    pub fn scopes_of(&self, token: &str) -> Option<String> {
        self.script.lock().unwrap().scopes.get(token).cloned()
    }

    pub fn expire_all(&self) {
        self.script.lock().unwrap().scopes.retain(|name, _| !name.starts_with("token-"));
    }
}

pub fn honest_metadata(issuer: &str, base: &str) -> Value {
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{base}/authorize"),
        "token_endpoint": format!("{base}/token"),
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none", "client_secret_basic", "client_secret_post"],
    })
}

async fn document_at(State(authority): State<Authority>, uri: Uri) -> Response {
    match authority.script.lock().unwrap().metadata.get(uri.path()) {
        Some(Value::String(html)) => ([("content-type", "text/html")], html.clone()).into_response(),
        Some(document) => Json(document.clone()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn authorize(State(authority): State<Authority>, RawQuery(query): RawQuery) -> Response {
    let query = pairs(&query.unwrap_or_default());
    let mut back = Url::parse(value(&query, "redirect_uri").unwrap()).unwrap();
    let mut script = authority.script.lock().unwrap();
    if let Some(error) = &script.error {
        back.query_pairs_mut().append_pair("error", error).append_pair("error_description", "because of the test");
    } else {
        script.issued += 1;
        let code = format!("code-{}", script.issued);
        script.scopes.insert(code.clone(), value(&query, "scope").unwrap_or_default().to_owned());
        script.challenges.insert(code.clone(), value(&query, "code_challenge").unwrap().to_owned());
        back.query_pairs_mut().append_pair("code", &code);
    }
    if let Some(state) = value(&query, "state") {
        back.query_pairs_mut().append_pair("state", state);
    }
    if let Some(iss) = &script.iss {
        back.query_pairs_mut().append_pair("iss", iss);
    }
    let raw = script.raw_iss.as_ref().map(|iss| format!("&iss={iss}")).unwrap_or_default();
    Redirect::to(&format!("{back}{raw}")).into_response()
}

async fn token(State(authority): State<Authority>, body: Bytes) -> Response {
    let form = pairs(std::str::from_utf8(&body).unwrap());
    let mut script = authority.script.lock().unwrap();
    let refreshing = value(&form, "grant_type") == Some("refresh_token");
    let refusal = if refreshing { script.refuse_refresh.clone() } else { script.refuse_token.clone() };
    if let Some((status, body)) = refusal {
        return (StatusCode::from_u16(status).unwrap(), Json(body)).into_response();
    }
    let scope = if refreshing {
        let token = value(&form, "refresh_token").unwrap().to_owned();
        if !script.live_refresh_tokens.contains(&token) {
            return (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"}))).into_response();
        }
        script.live_refresh_tokens.clear();
        script.scopes.get(&token).cloned().unwrap_or_default()
    } else {
        let code = value(&form, "code").unwrap();
        let verifier = oauth2::PkceCodeVerifier::new(value(&form, "code_verifier").unwrap().to_owned());
        let challenge = oauth2::PkceCodeChallenge::from_code_verifier_sha256(&verifier);
        if script.challenges.remove(code).as_deref() != Some(challenge.as_str()) {
            return (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"}))).into_response();
        }
        script.narrow.clone().unwrap_or_else(|| script.scopes.get(code).cloned().unwrap())
    };
    script.issued += 1;
    let token = format!("token-{}", script.issued);
    script.scopes.insert(token.clone(), scope.clone());
    let mut answer = json!({"access_token": token, "token_type": "Bearer", "expires_in": 3600, "scope": scope});
    let members = answer.as_object_mut().unwrap();
    if scope.is_empty() {
        members.remove("scope");
    }
    if script.hand_out_refresh_tokens {
        let refresh = format!("refresh-{}", script.issued);
        script.scopes.insert(refresh.clone(), scope);
        script.live_refresh_tokens.push(refresh.clone());
        members.insert("refresh_token".to_owned(), refresh.into());
    }
    if let Some(bend) = &script.token {
        bend(members);
    }
    Json(answer).into_response()
}

async fn register(State(authority): State<Authority>, Json(request): Json<Value>) -> Response {
    let mut script = authority.script.lock().unwrap();
    if let Some((status, body)) = &script.refuse_registration {
        return (StatusCode::from_u16(*status).unwrap(), Json(body.clone())).into_response();
    }
    script.issued += 1;
    let mut answer = request;
    let members = answer.as_object_mut().unwrap();
    members.insert("client_id".to_owned(), format!("registered-{}", script.issued).into());
    if let Some(bend) = &script.registration {
        bend(members);
    }
    (StatusCode::CREATED, Json(answer)).into_response()
}
