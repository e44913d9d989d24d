//! Errors of the endpoints that clients call (RFC 6749 section 5.2), as Cognito gives them.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::json;
use thiserror::Error;

use super::host::oauth_json;

/// Why a call of a client is refused. All are answered with 400.
///
/// *Hypothesis*: `invalid_client` is 400 too; one source has 401.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(super) enum OAuthError {
    /// A parameter is missing, repeated or malformed.
    #[error("invalid_request")]
    InvalidRequest,
    /// The client is unknown or did not prove that it is the client.
    #[error("invalid_client")]
    InvalidClient,
    /// The code, verifier or refresh token is not good.
    #[error("invalid_grant")]
    InvalidGrant,
    /// The client may not use this grant.
    #[error("unauthorized_client")]
    UnauthorizedClient,
    /// The redirect URI is not the one of the authorization request.
    #[error("unauthorized_client")]
    RedirectMismatch,
    #[error("unsupported_grant_type")]
    UnsupportedGrantType,
    /// Only refresh tokens can be revoked.
    #[error("unsupported_token_type")]
    UnsupportedTokenType,
    #[error("server_error")]
    Server,
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let mut body = json!({"error": self.to_string()});
        if self == Self::RedirectMismatch {
            body["error_description"] = json!("invalid_redirect");
        }
        let status = if self == Self::Server { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::BAD_REQUEST };
        oauth_json(status, &body)
    }
}
