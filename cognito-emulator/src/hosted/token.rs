//! `/oauth2/token`: codes and refresh tokens become tokens.
//!
//! A `resource` parameter is ignored here: what the token is bound to was decided by the authorization request.

use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::client_authentication::{authenticate, form};
use super::host::{Host, oauth_json};
use super::oauth_error::OAuthError;
use super::parameters::Parameters;
use super::pkce;
use crate::pool::{Client, ClientId, Flow, Grant, Pool};
use crate::tokens::Issuance;

/// The outcome of a grant: what the tokens will say.
struct Granted {
    grant: Grant,
    nonce: Option<String>,
    refresh_token: Option<String>,
}

pub(super) async fn token(State(host): State<Host>, headers: HeaderMap, body: Bytes) -> Response {
    let response = match exchange(&host, &headers, &body) {
        Ok(tokens) => oauth_json(StatusCode::OK, &tokens),
        Err(error) => {
            tracing::info!(%error, ?error, "token request refused");
            error.into_response()
        }
    };
    for_every_origin(response)
}

/// The answer to a browser's preflight request: this endpoint, and no other, may be called from any origin.
pub(super) async fn preflight() -> Response {
    let allowed = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "POST, OPTIONS"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type"),
    ];
    for_every_origin((StatusCode::NO_CONTENT, allowed).into_response())
}

fn for_every_origin(mut response: Response) -> Response {
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

fn exchange(host: &Host, headers: &HeaderMap, body: &[u8]) -> Result<Value, OAuthError> {
    let form = form(headers, body)?;
    let mut state = host.shared.state();
    let pool = host.pool(&mut state).ok_or(OAuthError::InvalidClient)?;
    let grant_type = form.get("grant_type").ok_or(OAuthError::InvalidRequest)?;
    let client = authenticate(pool, headers, &form)?.id.clone();
    let granted = match grant_type {
        "authorization_code" => redeem_code(host, pool, &client, &form)?,
        "refresh_token" => refresh(host, pool, &client, &form)?,
        _ => return Err(OAuthError::UnsupportedGrantType),
    };
    tokens(host, pool, granted)
}

/// *Hypothesis*: a code is spent by the first request of its client that presents it, even if that request fails; the tokens of a first
/// use survive a second.
fn redeem_code(host: &Host, pool: &mut Pool, client: &ClientId, form: &Parameters) -> Result<Granted, OAuthError> {
    let held = pool.clients.get(client).ok_or(OAuthError::InvalidClient)?;
    if !held.may_use(Flow::Code) {
        return Err(OAuthError::UnauthorizedClient);
    }
    let refresh_lifetime = held.lifetimes.refresh;
    let code = form.get("code").ok_or(OAuthError::InvalidRequest)?;
    let redirect_uri = form.get("redirect_uri").ok_or(OAuthError::InvalidRequest)?;
    let now = host.shared.now();
    let pending = pool.sign_ins.take_code(code, client, now).ok_or(OAuthError::InvalidGrant)?;
    if pending.redirect_uri != redirect_uri {
        return Err(OAuthError::RedirectMismatch);
    }
    check_verifier(pending.challenge.as_deref(), form.get("code_verifier"))?;
    let (grant, refresh_token) = pool.sign_ins.grant(&pending, refresh_lifetime, now);
    Ok(Granted { grant, nonce: pending.nonce, refresh_token: Some(refresh_token) })
}

/// *Hypothesis*: a wrong or missing verifier, and one that no challenge asked for, are `invalid_grant`.
fn check_verifier(challenge: Option<&str>, verifier: Option<&str>) -> Result<(), OAuthError> {
    match (challenge, verifier) {
        (None, None) => Ok(()),
        (Some(challenge), Some(verifier)) if pkce::answers(verifier, challenge) => Ok(()),
        _ => Err(OAuthError::InvalidGrant),
    }
}

/// *Hypothesis*: `scope` is ignored; a refreshed token has the scopes of the first.
fn refresh(host: &Host, pool: &mut Pool, client: &ClientId, form: &Parameters) -> Result<Granted, OAuthError> {
    let token = form.get("refresh_token").ok_or(OAuthError::InvalidRequest)?;
    let rotation = pool.clients.get(client).ok_or(OAuthError::InvalidClient)?.rotation;
    let (grant, refresh_token) =
        pool.sign_ins.refresh(token, client, rotation, host.shared.now()).map_err(|refused| {
            tracing::info!(%refused, "refresh token refused");
            OAuthError::InvalidGrant
        })?;
    Ok(Granted { grant, nonce: None, refresh_token })
}

/// The answer. It has no member `scope`; there is an ID token only when `openid` was granted.
fn tokens(host: &Host, pool: &Pool, granted: Granted) -> Result<Value, OAuthError> {
    let Granted { grant, nonce, refresh_token } = granted;
    let user = pool.users.get(&grant.sub).ok_or(OAuthError::InvalidGrant)?;
    let client: &Client = pool.clients.get(&grant.client).ok_or(OAuthError::InvalidClient)?;
    let issuer = host.issuer();
    let issuance =
        Issuance { issuer: &issuer, client, user, grant: &grant, nonce: nonce.as_deref(), now: host.shared.now() };
    let access_token = issuance.access_token(&pool.keys).map_err(unsigned)?;
    let mut answer = json!({});
    if grant.scopes.iter().any(|scope| scope == "openid") {
        answer["id_token"] = json!(issuance.id_token(&pool.keys, &access_token).map_err(unsigned)?);
    }
    answer["access_token"] = json!(access_token);
    if let Some(refresh_token) = refresh_token {
        answer["refresh_token"] = json!(refresh_token);
    }
    answer["expires_in"] = json!(client.lifetimes.access.as_secs());
    answer["token_type"] = json!("Bearer");
    Ok(answer)
}

fn unsigned(error: jsonwebtoken::errors::Error) -> OAuthError {
    tracing::error!(%error, "token not signed");
    OAuthError::Server
}
