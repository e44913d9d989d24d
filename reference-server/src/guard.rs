//! The layer in front of the MCP endpoint: nothing behind it runs without a verified token that covers the operation.
//!
//! The order matters. Who calls is decided before method, tool or arguments are looked at, so that every caller without a good
//! token gets the same answer. The body is read once, up to a limit, and handed on as it came.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::challenge::{self, Challenger, refusal};
use crate::config::Config;
use crate::credentials::{Credentials, Malformed};
use crate::operation::{self, ScopePolicy};
use crate::rebinding::{Allowed, Foreign};
use crate::scope::Scopes;
use crate::sessions::{NoSuchSession, Sessions};
use crate::strict_json;
use crate::token::{Unverified, VerifiedToken, Verifier};

/// The largest request body, in bytes.
pub const MAX_BODY_LENGTH: usize = 1024 * 1024;

/// JSON-RPC: the body is not JSON.
const PARSE_ERROR: i32 = -32700;
/// MCP 2026-07-28: mirrored header fields and body differ.
const HEADER_MISMATCH: i32 = -32020;

/// Everything that is asked before a request reaches the MCP layer.
#[derive(Debug)]
pub struct Guard {
    allowed: Allowed,
    challenger: Challenger,
    verifier: Verifier,
    policy: ScopePolicy,
    sessions: Arc<Sessions>,
}

impl Guard {
    /// The guard of one endpoint.
    pub fn new(config: Config, sessions: Arc<Sessions>) -> Self {
        let hosts = config.allowed_hosts.iter().map(String::as_str);
        let origins = config.allowed_origins.iter().map(String::as_str).chain([config.resource.origin()]);
        Self {
            allowed: Allowed::new(hosts, origins),
            challenger: Challenger::new(&config.resource, &config.base_scopes),
            policy: ScopePolicy::of(&config),
            verifier: Verifier::new(config),
            sessions,
        }
    }

    /// Which web pages may call.
    pub(crate) fn allowed(&self) -> &Allowed {
        &self.allowed
    }

    /// Walks the steps of the crate's overview, up to the MCP layer.
    async fn admit(&self, request: Request) -> Result<(VerifiedToken, Request), Denied> {
        self.allowed.check_origin(request.headers())?;
        let token = self.authenticate(request.headers()).await?;
        let mut request = if request.method() == Method::POST {
            self.authorize_body(&token, request).await?
        } else {
            authorize(&token, self.policy.base())?;
            request
        };
        self.sessions.check(request.headers(), token.principal()).await?;
        request.extensions_mut().insert(token.clone());
        Ok((token, request))
    }

    async fn authenticate(&self, headers: &HeaderMap) -> Result<VerifiedToken, Denied> {
        match Credentials::from_headers(headers)? {
            Credentials::Absent => Err(Denied::Unauthenticated),
            Credentials::Bearer(token) => Ok(self.verifier.verify(token).await?),
        }
    }

    /// Reads the body of a POST and checks that the token covers what it asks for. All that is missing is named at once, what
    /// every request needs included; of a body that cannot be read only that is known.
    async fn authorize_body(&self, token: &VerifiedToken, request: Request) -> Result<Request, Denied> {
        let (parts, body) = request.into_parts();
        let (bytes, message) = match read(body).await {
            Ok(read) => read,
            Err(unreadable) => return Err(authorize(token, self.policy.base()).err().unwrap_or(unreadable)),
        };
        let authorized = authorize(token, &self.policy.needed_for(&message));
        if authorized.is_err() && operation::contradicts(&parts.headers, &message) {
            return Err(Denied::HeaderMismatch(message.get("id").cloned().unwrap_or_default()));
        }
        authorized.map(|()| Request::from_parts(parts, Body::from(bytes)))
    }

    fn answer(&self, denied: &Denied) -> Response {
        tracing::info!(reason = %denied, "refused a request");
        match denied {
            Denied::Foreign(foreign) => challenge::foreign(*foreign),
            Denied::Malformed(malformed) => self.challenger.invalid_request(*malformed),
            Denied::Unauthenticated => self.challenger.unauthenticated(),
            Denied::Token(Unverified::Refused(refusal)) => self.challenger.invalid_token(*refusal),
            Denied::Token(Unverified::KeysUnavailable(keys)) => challenge::keys_unavailable(keys.retry_after),
            Denied::InsufficientScope(needed) => self.challenger.insufficient_scope(needed),
            Denied::Session(missing) => refusal(StatusCode::NOT_FOUND, "not_found", &missing.to_string()),
            Denied::BodyTooLarge => refusal(StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large", &denied.to_string()),
            Denied::NotJson => json_rpc_error(&Value::Null, PARSE_ERROR, &denied.to_string()),
            Denied::HeaderMismatch(id) => json_rpc_error(id, HEADER_MISMATCH, &denied.to_string()),
        }
    }
}

/// Why a request does not reach the MCP layer.
#[derive(Debug, thiserror::Error)]
enum Denied {
    #[error(transparent)]
    Foreign(#[from] Foreign),
    #[error(transparent)]
    Malformed(#[from] Malformed),
    #[error("no credentials were sent")]
    Unauthenticated,
    #[error(transparent)]
    Token(#[from] Unverified),
    #[error("the operation needs the scopes {0}")]
    InsufficientScope(Scopes),
    #[error(transparent)]
    Session(#[from] NoSuchSession),
    #[error("The request body is too large")]
    BodyTooLarge,
    #[error("The body is not JSON with distinct member names")]
    NotJson,
    #[error("The header fields and the body differ")]
    HeaderMismatch(Value),
}

async fn read(body: Body) -> Result<(Bytes, Value), Denied> {
    let bytes = to_bytes(body, MAX_BODY_LENGTH).await.map_err(|_| Denied::BodyTooLarge)?;
    let message = strict_json::parse(&bytes).map_err(|_| Denied::NotJson)?;
    Ok((bytes, message))
}

fn authorize(token: &VerifiedToken, needed: &Scopes) -> Result<(), Denied> {
    if token.scopes().cover(needed) { Ok(()) } else { Err(Denied::InsufficientScope(needed.clone())) }
}

/// Refuses requests for other hosts, on every path.
pub async fn refuse_foreign_hosts(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    match guard.allowed.check_host(request.uri(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(foreign) => guard.answer(&foreign.into()),
    }
}

/// Lets a request through to the MCP layer, with the [`VerifiedToken`] in its extensions, or answers it.
pub async fn protect(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    match guard.admit(request).await {
        Ok((token, request)) => {
            let response = next.run(request).await;
            guard.sessions.remember(response.headers(), token.principal()).await;
            response
        }
        Err(denied) => guard.answer(&denied),
    }
}

/// A JSON-RPC error with HTTP status 400.
pub(crate) fn json_rpc_error(id: &Value, code: i32, message: &str) -> Response {
    let body = json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } });
    (StatusCode::BAD_REQUEST, [("content-type", "application/json")], Bytes::from(body.to_string())).into_response()
}
