//! What a caller reads when a request is refused: status, `WWW-Authenticate` challenge and a small JSON body.
//!
//! RFC 6750 section 3, RFC 9728 section 5.1, MCP authorization "Error Handling". A challenge names the metadata document and the
//! scopes that the operation needs, all of them at once and always in the same order. It holds fixed texts only, never a
//! part of the request. A caller without credentials gets no error code, because nothing it did was wrong.

use std::fmt::Write;
use std::time::Duration;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::credentials::Malformed;
use crate::rebinding::Foreign;
use crate::resource::Resource;
use crate::scope::Scopes;
use crate::token::Refusal;

/// Writes the challenges of one resource.
#[derive(Debug, Clone)]
pub struct Challenger {
    metadata_url: String,
    base_scopes: Scopes,
}

impl Challenger {
    /// Challenges that point to the metadata of a resource; `base_scopes` is what every operation needs.
    pub fn new(resource: &Resource, base_scopes: &Scopes) -> Self {
        Self { metadata_url: resource.metadata_url(), base_scopes: base_scopes.clone() }
    }

    /// 401 for a caller that sent no credentials this server could use.
    pub fn unauthenticated(&self) -> Response {
        let challenge = self.challenge(None, &self.base_scopes);
        challenged(StatusCode::UNAUTHORIZED, &challenge, "unauthorized", "An access token is required")
    }

    /// 401 for a caller whose token was refused.
    pub fn invalid_token(&self, refusal: Refusal) -> Response {
        let description = refusal.to_string();
        let challenge = self.challenge(Some(("invalid_token", &description)), &self.base_scopes);
        challenged(StatusCode::UNAUTHORIZED, &challenge, "invalid_token", &description)
    }

    /// 400 for credentials that are not well-formed.
    pub fn invalid_request(&self, malformed: Malformed) -> Response {
        let description = malformed.to_string();
        let challenge = self.challenge(Some(("invalid_request", &description)), &self.base_scopes);
        challenged(StatusCode::BAD_REQUEST, &challenge, "invalid_request", &description)
    }

    /// 403 for a good token that does not cover the operation.
    pub fn insufficient_scope(&self, needed: &Scopes) -> Response {
        let description = "The operation needs scopes that the access token does not have";
        let challenge = self.challenge(Some(("insufficient_scope", description)), needed);
        challenged(StatusCode::FORBIDDEN, &challenge, "insufficient_scope", description)
    }

    fn challenge(&self, error: Option<(&str, &str)>, scopes: &Scopes) -> String {
        let mut challenge = "Bearer ".to_owned();
        if let Some((code, description)) = error {
            let _ = write!(challenge, "error=\"{code}\", error_description=\"{description}\", ");
        }
        let _ = write!(challenge, "resource_metadata=\"{}\"", self.metadata_url);
        if !scopes.is_empty() {
            let _ = write!(challenge, ", scope=\"{scopes}\"");
        }
        challenge
    }
}

/// 403 for a request that was meant for another host or comes from a foreign web page. No credentials would help, so there is
/// no challenge.
pub fn foreign(foreign: Foreign) -> Response {
    refusal(StatusCode::FORBIDDEN, "forbidden", &foreign.to_string())
}

/// 503 when nothing can be said about the token.
pub fn keys_unavailable(retry_after: Duration) -> Response {
    let description = "Access tokens cannot be verified at the moment";
    let mut response = refusal(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", description);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(retry_after.as_secs().max(1)));
    response
}

/// A refusal without a challenge.
pub fn refusal(status: StatusCode, error: &str, description: &str) -> Response {
    let body = json!({ "error": error, "error_description": description }).to_string();
    (status, [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")], body).into_response()
}

fn challenged(status: StatusCode, challenge: &str, error: &str, description: &str) -> Response {
    let mut response = refusal(status, error, description);
    // All parts were checked to be printable ASCII when the configuration was read.
    if let Ok(value) = HeaderValue::from_str(challenge) {
        response.headers_mut().insert(WWW_AUTHENTICATE, value);
    }
    response
}
