//! `/logout`: ends the browser session. It is not OpenID Connect's RP-initiated logout.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::{HeaderMap, HeaderValue, header};

use super::cookies;
use super::host::{Host, found};
use super::pages;
use super::parameters::Parameters;

/// With `logout_uri`: on to that URI. With `redirect_uri` and `response_type`: on to the login page. Both need a known client.
pub(super) async fn logout(State(host): State<Host>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let query = query.unwrap_or_default();
    let parameters = Parameters::parse(query.as_bytes());
    let mut state = host.shared.state();
    let Some(pool) = host.pool(&mut state) else { return pages::broken() };
    let Some(client) = parameters.get("client_id").and_then(|id| pool.clients.get(id)) else { return pages::broken() };
    let target = match parameters.get("logout_uri") {
        Some(uri) if client.logout_urls.iter().any(|registered| registered == uri) => uri.to_owned(),
        Some(_) => return pages::broken(),
        None if parameters.get("redirect_uri").is_some() && parameters.get("response_type").is_some() => {
            format!("/login?{query}")
        }
        None => return pages::broken(),
    };
    if let Some(cookie) = cookies::read(&headers, cookies::SESSION) {
        pool.sign_ins.end_session(cookie);
    }
    let mut response = found(&target);
    if let Ok(cleared) = HeaderValue::from_str(&cookies::clear(cookies::SESSION)) {
        response.headers_mut().append(header::SET_COOKIE, cleared);
    }
    response
}
