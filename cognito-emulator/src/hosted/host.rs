//! The routes of a domain host and what its handlers share.

use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use http::{HeaderName, HeaderValue, StatusCode, header};

use super::{authorize, login, logout, pages, revoke, token, user_info};
use crate::pool::{Pool, PoolId};
use crate::random;
use crate::state::{LoginVersion, Shared, State};

/// One domain of one pool.
#[derive(Clone)]
pub(super) struct Host {
    pub(super) shared: Arc<Shared>,
    pub(super) pool: PoolId,
    pub(super) login: LoginVersion,
}

impl Host {
    /// The pool, unless it was deleted in this moment.
    pub(super) fn pool<'a>(&self, state: &'a mut State) -> Option<&'a mut Pool> {
        state.pools.get_mut(&self.pool)
    }

    pub(super) fn issuer(&self) -> String {
        self.shared.issuer(self.pool.as_str())
    }
}

/// The routes of a domain.
pub(crate) fn router(shared: Arc<Shared>, pool: PoolId, login: LoginVersion) -> Router {
    Router::new()
        .route("/oauth2/authorize", get(authorize::authorize))
        .route("/login", get(login::page).post(login::submit))
        .route("/logout", get(logout::logout))
        .route("/error", get(pages::error_endpoint))
        .route("/oauth2/token", post(token::token).options(token::preflight))
        .route("/oauth2/revoke", post(revoke::revoke))
        .route("/oauth2/userInfo", get(user_info::user_info).post(user_info::user_info))
        .with_state(Host { shared, pool, login })
}

/// A JSON answer as the OAuth endpoints give it: never cached, with Cognito's request id.
pub(super) fn oauth_json(status: StatusCode, body: &serde_json::Value) -> Response {
    const REQUEST_ID: HeaderName = HeaderName::from_static("x-amz-cognito-request-id");
    let headers = [
        (header::CONTENT_TYPE, "application/json;charset=UTF-8".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::PRAGMA, "no-cache".to_owned()),
        (REQUEST_ID, random::uuid()),
    ];
    (status, headers, body.to_string()).into_response()
}

/// 302 to `location`, never cached.
pub(super) fn found(location: &str) -> Response {
    let Ok(location) = HeaderValue::from_str(location) else { return pages::broken() };
    let headers = [(header::LOCATION, location), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (StatusCode::FOUND, headers).into_response()
}
