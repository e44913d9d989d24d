//! `/oauth2/userInfo` (OpenID Connect Core section 5.3): the claims that the access token's scopes open.
//!
//! Unlike a resource server, this endpoint sees revocation and global sign-out.

use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::{Value, json};
use thiserror::Error;

use super::host::{Host, oauth_json};
use crate::tokens::{user_info as claims_of, verify_access_token};

/// Why no claims are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
enum Refused {
    #[error("The request has no bearer token.")]
    NoToken,
    #[error("Access token is expired, disabled, or deleted, or the user has globally signed out.")]
    NotStanding,
    #[error("Access token does not contain openid scope")]
    NoOpenid,
}

pub(super) async fn user_info(State(host): State<Host>, headers: HeaderMap) -> Response {
    match claims(&host, &headers) {
        Ok(claims) => oauth_json(StatusCode::OK, &claims),
        Err(refused) => refused.into_response(),
    }
}

fn claims(host: &Host, headers: &HeaderMap) -> Result<Value, Refused> {
    let token = bearer(headers).ok_or(Refused::NoToken)?;
    let mut state = host.shared.state();
    let pool = host.pool(&mut state).ok_or(Refused::NotStanding)?;
    let claims =
        verify_access_token(token, &pool.keys, &host.issuer(), host.shared.now()).map_err(|_| Refused::NotStanding)?;
    let stands = claims.origin_jti.as_deref().is_none_or(|grant| pool.sign_ins.standing_grant(grant).is_some());
    let user = pool.users.get(claims.sub.as_str()).filter(|_| stands).ok_or(Refused::NotStanding)?;
    let scopes: Vec<String> = claims.scope.split_ascii_whitespace().map(str::to_owned).collect();
    if !scopes.iter().any(|scope| scope == "openid") {
        return Err(Refused::NoOpenid);
    }
    Ok(claims_of(user, &scopes))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim()).filter(|token| !token.is_empty())
}

impl Refused {
    /// *Hypothesis*: a token without `openid` is answered like one that no longer stands.
    fn into_response(self) -> Response {
        let (status, error) = match self {
            Self::NoToken => (StatusCode::BAD_REQUEST, "invalid_request"),
            Self::NotStanding | Self::NoOpenid => (StatusCode::UNAUTHORIZED, "invalid_token"),
        };
        let description = self.to_string();
        let challenge = format!(r#"error="{error}", error_description="{description}""#);
        let mut response = oauth_json(status, &json!({"error": error, "error_description": description}));
        if let Ok(challenge) = HeaderValue::from_str(&challenge) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
