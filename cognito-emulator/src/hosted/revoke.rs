//! `/oauth2/revoke` (RFC 7009): refresh tokens only.

use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, StatusCode};

use super::client_authentication::{authenticate, form};
use super::host::{Host, oauth_json};
use super::oauth_error::OAuthError;
use crate::pool::RefreshRefused;

/// An unauthenticated client gets 401 here, where the token endpoint answers 400.
pub(super) async fn revoke(State(host): State<Host>, headers: HeaderMap, body: Bytes) -> Response {
    match revoked(&host, &headers, &body) {
        Ok(()) => StatusCode::OK.into_response(),
        Err(OAuthError::InvalidClient) => {
            oauth_json(StatusCode::UNAUTHORIZED, &serde_json::json!({"error": "invalid_client"}))
        }
        Err(error) => error.into_response(),
    }
}

/// A token that is unknown or already revoked is no error.
fn revoked(host: &Host, headers: &HeaderMap, body: &[u8]) -> Result<(), OAuthError> {
    let form = form(headers, body)?;
    let mut state = host.shared.state();
    let pool = host.pool(&mut state).ok_or(OAuthError::InvalidClient)?;
    let client = authenticate(pool, headers, &form)?;
    let token = form.get("token").ok_or(OAuthError::InvalidRequest)?;
    if !client.revocation_enabled {
        return Err(OAuthError::InvalidRequest);
    }
    // Refresh tokens are opaque; what parses as a JWT is an access or ID token.
    if jsonwebtoken::decode_header(token).is_ok() {
        return Err(OAuthError::UnsupportedTokenType);
    }
    let client = client.id.clone();
    pool.sign_ins.revoke(token, &client).map_err(|refused| match refused {
        RefreshRefused::OtherClient => OAuthError::InvalidClient,
        RefreshRefused::Unknown | RefreshRefused::Expired | RefreshRefused::Replaced => OAuthError::InvalidGrant,
    })
}
