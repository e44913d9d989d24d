//! `/oauth2/authorize`: to the client when the browser has a session, to the login page when it has none.

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse as _, Response};
use http::HeaderMap;

use super::authorization_request::{AuthorizationRequest, Prompt, Refusal};
use super::cookies;
use super::host::{Host, found};
use super::pages;
use super::parameters::Parameters;
use crate::pool::{Pool, Session};

pub(super) async fn authorize(State(host): State<Host>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let query = query.unwrap_or_default();
    let now = host.shared.now();
    let mut state = host.shared.state();
    let Some(pool) = host.pool(&mut state) else { return pages::broken() };
    let request = match AuthorizationRequest::read(&Parameters::parse(query.as_bytes()), pool, host.login) {
        Ok(request) => request,
        Err(refusal) => return refusal.into_response(),
    };
    let session =
        cookies::read(&headers, cookies::SESSION).and_then(|cookie| pool.sign_ins.session(cookie, now)).cloned();
    match (request.prompt, session) {
        (Prompt::None, None) => Refusal::into_response(request.refuse("login_required")),
        (Prompt::Login, _) | (Prompt::WhenNeeded, None) => found(&format!("/login?{query}")),
        (Prompt::None | Prompt::WhenNeeded, Some(session)) => grant(pool, request, session, now),
    }
}

/// Issues a code for the request and sends it to the client.
pub(super) fn grant(
    pool: &mut Pool,
    request: AuthorizationRequest,
    session: Session,
    now: std::time::SystemTime,
) -> Response {
    let (pending, destination) = request.grant_to(session);
    let code = pool.sign_ins.issue_code(pending, now);
    destination.deliver(&code)
}
