//! What the played issuer answers over HTTP.

use super::clients::Clients;
use super::documents::{AUTHORIZE, INTROSPECT, REGISTER, REVOKE, TOKEN, metadata};
use super::grants::{Code, Grants};
use super::mint::{Access, LIFETIME, Mint, now};
use super::site::Site;
use crate::protocol::pkce::s256;
use crate::protocol::url::is_loopback;
use axum::extract::{DefaultBodyLimit, Form, Query, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use url::Url;

type Parameters = HashMap<String, String>;

/// The user who is always logged in.
pub(super) const USER: &str = "alice";

/// What all endpoints share.
pub(super) struct Core {
    pub(super) site: Site,
    pub(super) mint: Mint,
    pub(super) grants: Grants,
    pub(super) clients: Clients,
    pub(super) contacts: AtomicUsize,
    pub(super) introspections: AtomicUsize,
}

/// The endpoints of an issuer.
pub(super) fn router(core: Arc<Core>) -> Router {
    let site = &core.site;
    let mut router = Router::new()
        .route(&site.path(INTROSPECT), post(introspect))
        .route(&site.path(AUTHORIZE), get(authorize))
        .route(&site.path(TOKEN), post(token))
        .route(&site.path(REGISTER), post(register))
        .route(&site.path(REVOKE), post(revoke));
    for path in site.key_paths() {
        router = router.route(&path, get(jwks));
    }
    for path in site.metadata_paths() {
        router = router.route(&path, get(discover));
    }
    let counting = axum::middleware::from_fn_with_state(Arc::clone(&core), count);
    router.layer(counting).layer(DefaultBodyLimit::max(1 << 20)).with_state(core)
}

async fn count(
    State(core): State<Arc<Core>>,
    request: axum::extract::Request,
    next: axum::middleware::Next,
) -> Response {
    core.contacts.fetch_add(1, Ordering::Relaxed);
    next.run(request).await
}

async fn discover(State(core): State<Arc<Core>>) -> Json<Value> {
    Json(metadata(&core.mint.issuer, &core.site.base(), core.site.takes_metadata_documents()))
}

async fn jwks(State(core): State<Arc<Core>>) -> Json<Value> {
    let mut set = core.mint.key.set();
    core.mint.ring.count();
    core.mint.ring.complete(&mut set);
    Json(set)
}

async fn introspect(State(core): State<Arc<Core>>, Form(form): Form<Parameters>) -> Response {
    let Some(token) = form.get("token") else { return refused("invalid_request", "token is missing") };
    core.introspections.fetch_add(1, Ordering::Relaxed);
    if core.mint.is_silent_about(token) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    fresh(StatusCode::OK, core.mint.introspect(token))
}

async fn revoke(State(core): State<Arc<Core>>, Form(form): Form<Parameters>) -> StatusCode {
    if let Some(token) = form.get("token") {
        core.mint.revoke(token);
        core.grants.refresh(token);
    }
    StatusCode::OK
}

/// Approves at once. Redirects lead to the loopback only, so that nobody is sent elsewhere from here.
async fn authorize(State(core): State<Arc<Core>>, Query(query): Query<Parameters>) -> Response {
    let given = |name: &str| query.get(name).cloned();
    let target = given("redirect_uri").and_then(|text| Some((Url::parse(&text).ok()?, text)));
    let Some((mut target, redirect_uri)) = target.filter(|(url, _)| is_loopback(url)) else {
        return refused("invalid_request", "redirect_uri is missing or not on the loopback");
    };
    let Some(client_id) = given("client_id") else { return refused("invalid_request", "client_id is missing") };
    let answer = match (given("response_type").as_deref(), given("code_challenge_method").as_deref()) {
        (Some("code"), None | Some("S256")) => {
            let access = Access {
                subject: USER.to_owned(),
                client_id,
                resource: given("resource"),
                scopes: words(query.get("scope")),
            };
            let code = core.grants.code(Code { access, redirect_uri, challenge: given("code_challenge") });
            ("code", code)
        }
        (Some("code"), _) => ("error", "invalid_request".to_owned()),
        _ => ("error", "unsupported_response_type".to_owned()),
    };
    target.query_pairs_mut().append_pair(answer.0, &answer.1).append_pair("iss", &core.mint.issuer);
    if let Some(state) = given("state") {
        target.query_pairs_mut().append_pair("state", &state);
    }
    (StatusCode::FOUND, [(LOCATION, String::from(target))]).into_response()
}

async fn token(State(core): State<Arc<Core>>, headers: HeaderMap, Form(form): Form<Parameters>) -> Response {
    match form.get("grant_type").map(String::as_str) {
        Some("authorization_code") => match redeemed(&core, &form) {
            Some(access) => granted(&core, access, true),
            None => refused("invalid_grant", "the code, its verifier or its redirect URI does not match"),
        },
        Some("refresh_token") => match form.get("refresh_token").and_then(|token| core.grants.refresh(token)) {
            Some(access) => granted(&core, access, true),
            None => refused("invalid_grant", "the refresh token is not outstanding"),
        },
        Some("client_credentials") => {
            let Some(client_id) = client(&headers, &form) else {
                return refused("invalid_client", "client_id is missing");
            };
            let access = Access {
                subject: client_id.clone(),
                client_id,
                resource: form.get("resource").cloned(),
                scopes: words(form.get("scope")),
            };
            granted(&core, access, false)
        }
        _ => refused("unsupported_grant_type", "grant_type is not one that is supported"),
    }
}

fn redeemed(core: &Core, form: &Parameters) -> Option<Access> {
    let code = core.grants.redeem(form.get("code")?)?;
    let verified = match &code.challenge {
        Some(challenge) => s256(form.get("code_verifier")?) == *challenge,
        None => true,
    };
    let same_target = form.get("redirect_uri").is_none_or(|uri| *uri == code.redirect_uri);
    let same_resource = form.get("resource").is_none_or(|one| code.access.resource.as_ref().is_none_or(|r| r == one));
    (verified && same_target && same_resource).then_some(code.access)
}

fn granted(core: &Core, access: Access, with_refresh_token: bool) -> Response {
    let Ok(token) = core.mint.access_token(&access) else { return refused("server_error", "signing failed") };
    let mut answer = json!({
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": LIFETIME,
        "scope": access.scopes.join(" "),
    });
    if access.scopes.iter().any(|scope| scope == "openid")
        && let Ok(token) = core.mint.id_token(&access.subject, &access.client_id)
    {
        answer["id_token"] = token.into();
    }
    if with_refresh_token {
        answer["refresh_token"] = core.grants.refresh_token(access).into();
    }
    fresh(StatusCode::OK, answer)
}

/// Registers whatever is asked for (RFC 7591 §3.2.1), but for redirect URIs that are neither https nor on the loopback.
async fn register(State(core): State<Arc<Core>>, Json(asked): Json<Value>) -> Response {
    let Value::Object(mut client) = asked else {
        return refused("invalid_client_metadata", "the client metadata is no object");
    };
    let redirect_uris = client.get("redirect_uris").and_then(Value::as_array).into_iter().flatten();
    let safe = |uri: &Value| {
        let url = uri.as_str().and_then(|uri| Url::parse(uri).ok());
        url.is_some_and(|url| url.scheme() == "https" || is_loopback(&url))
    };
    if !redirect_uris.into_iter().all(safe) {
        return refused("invalid_redirect_uri", "a redirect URI is neither https nor on the loopback");
    }
    client.insert("client_id".to_owned(), core.clients.next().into());
    client.insert("client_id_issued_at".to_owned(), now().into());
    if client.get("token_endpoint_auth_method").and_then(Value::as_str) != Some("none") {
        client.insert("client_secret".to_owned(), uuid::Uuid::new_v4().simple().to_string().into());
        client.insert("client_secret_expires_at".to_owned(), 0.into());
    }
    fresh(StatusCode::CREATED, Value::Object(client))
}

/// The client that a token request names, in the form or in HTTP Basic credentials.
fn client(headers: &HeaderMap, form: &Parameters) -> Option<String> {
    let basic = || {
        let value = headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Basic ")?;
        let text = String::from_utf8(BASE64_STANDARD.decode(value).ok()?).ok()?;
        text.split_once(':').map(|(id, _)| id.to_owned())
    };
    form.get("client_id").cloned().or_else(basic)
}

fn words(text: Option<&String>) -> Vec<String> {
    text.map(|text| text.split_whitespace().map(str::to_owned).collect()).unwrap_or_default()
}

fn refused(error: &str, description: &str) -> Response {
    fresh(StatusCode::BAD_REQUEST, json!({ "error": error, "error_description": description }))
}

fn fresh(status: StatusCode, content: Value) -> Response {
    (status, [(CACHE_CONTROL, "no-store")], Json(content)).into_response()
}
