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

use crate::challenge::{self, Challenger};
use crate::config::Config;
use crate::credentials::Credentials;
use crate::operation::{self, ScopePolicy};
use crate::rebinding::Allowed;
use crate::scope::Scopes;
use crate::sessions::Sessions;
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

    async fn authenticate(&self, headers: &HeaderMap) -> Result<VerifiedToken, Response> {
        let credentials =
            Credentials::from_headers(headers).map_err(|malformed| self.challenger.invalid_request(malformed))?;
        let Credentials::Bearer(token) = credentials else { return Err(self.challenger.unauthenticated()) };
        self.verifier.verify(token).await.map_err(|unverified| match unverified {
            Unverified::Refused(refusal) => {
                tracing::info!(?refusal, "refused an access token");
                self.challenger.invalid_token(refusal)
            }
            Unverified::KeysUnavailable(unavailable) => {
                tracing::warn!(%unavailable, "cannot verify an access token");
                challenge::keys_unavailable(unavailable.retry_after)
            }
        })
    }

    fn authorize(&self, token: &VerifiedToken, needed: &Scopes) -> Result<(), Response> {
        if token.scopes().cover(needed) {
            return Ok(());
        }
        tracing::info!(%needed, "the scope of an access token does not suffice");
        Err(self.challenger.insufficient_scope(needed))
    }

    /// Reads the body of a POST and checks that the token covers what it asks for.
    async fn authorize_body(&self, token: &VerifiedToken, request: Request) -> Result<Request, Response> {
        let (parts, body) = request.into_parts();
        let bytes = to_bytes(body, MAX_BODY_LENGTH).await.map_err(|_| too_large())?;
        let message = strict_json::parse(&bytes).map_err(|_| {
            json_rpc_error(&Value::Null, PARSE_ERROR, "The body is not JSON with distinct member names")
        })?;
        let authorized = self.authorize(token, &self.policy.needed_for(&message));
        if authorized.is_err() && operation::contradicts(&parts.headers, &message) {
            let id = message.get("id").unwrap_or(&Value::Null);
            return Err(json_rpc_error(id, HEADER_MISMATCH, "The header fields and the body differ"));
        }
        authorized.map(|()| Request::from_parts(parts, Body::from(bytes)))
    }
}

/// Refuses requests for other hosts, on every path.
pub async fn refuse_foreign_hosts(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    match guard.allowed.check_host(request.uri(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(foreign) => challenge::foreign(foreign),
    }
}

/// Lets a request through to the MCP layer, with the [`VerifiedToken`] in its extensions, or answers it.
pub async fn protect(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    match admit(&guard, request).await {
        Ok((token, request)) => {
            let response = next.run(request).await;
            guard.sessions.remember(response.headers(), token.principal()).await;
            response
        }
        Err(refusal) => refusal,
    }
}

async fn admit(guard: &Guard, request: Request) -> Result<(VerifiedToken, Request), Response> {
    guard.allowed.check_origin(request.headers()).map_err(challenge::foreign)?;
    let token = guard.authenticate(request.headers()).await?;
    guard.authorize(&token, guard.policy.base())?;
    guard
        .sessions
        .check(request.headers(), token.principal())
        .await
        .map_err(|missing| challenge::refusal(StatusCode::NOT_FOUND, "not_found", &missing.to_string()))?;
    let mut request =
        if request.method() == Method::POST { guard.authorize_body(&token, request).await? } else { request };
    request.extensions_mut().insert(token.clone());
    Ok((token, request))
}

fn too_large() -> Response {
    challenge::refusal(StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large", "The request body is too large")
}

/// A JSON-RPC error with HTTP status 400.
pub(crate) fn json_rpc_error(id: &Value, code: i32, message: &str) -> Response {
    let body = json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } });
    (StatusCode::BAD_REQUEST, [("content-type", "application/json")], Bytes::from(body.to_string())).into_response()
}
