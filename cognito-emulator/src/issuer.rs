//! The issuer's documents on the API host: discovery and key set, each per pool.
//!
//! Cognito serves OpenID Connect discovery below the issuer and nothing at the places of RFC 8414; so does this.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use serde_json::{Value, json};

use crate::settings::AbsentMetadata;
use crate::state::{Domain, Shared};

/// The routes of the issuer's documents.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/{pool}/.well-known/openid-configuration", get(discovery))
        .route("/{pool}/.well-known/jwks.json", get(jwks))
        .route("/{pool}/.well-known/oauth-authorization-server", get(absent))
        .route("/.well-known/openid-configuration", get(absent))
        .route("/.well-known/openid-configuration/{*issuer}", get(absent))
        .route("/.well-known/oauth-authorization-server", get(absent))
        .route("/.well-known/oauth-authorization-server/{*issuer}", get(absent))
        .with_state(shared)
}

async fn discovery(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    let state = shared.state();
    let Some(pool) = state.pools.get(id.as_str()) else { return no_such_pool(&shared, &id) };
    Json(document(&shared, &id, state.domain_of(&pool.id))).into_response()
}

async fn jwks(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    let state = shared.state();
    match state.pools.get(id.as_str()) {
        Some(pool) => Json(pool.keys.jwks()).into_response(),
        None => no_such_pool(&shared, &id),
    }
}

async fn absent(State(shared): State<Arc<Shared>>) -> Response {
    missing(&shared, "The request is invalid.")
}

/// The discovery document with Cognito's members, in Cognito's order.
///
/// *Hypothesis*: the members that name endpoints are there once the pool has a domain, and absent before.
fn document(shared: &Shared, pool_id: &str, domain: Option<&Domain>) -> Value {
    let issuer = shared.issuer(pool_id);
    let jwks_uri = format!("{issuer}/.well-known/jwks.json");
    let mut document = json!({
        "id_token_signing_alg_values_supported": ["RS256"],
        "issuer": issuer,
        "jwks_uri": jwks_uri,
        "response_types_supported": ["code", "token"],
        "scopes_supported": ["openid", "email", "phone", "profile"],
        "subject_types_supported": ["public"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
    });
    if let Some(domain) = domain {
        for (member, path) in [
            ("authorization_endpoint", "oauth2/authorize"),
            ("end_session_endpoint", "logout"),
            ("revocation_endpoint", "oauth2/revoke"),
            ("token_endpoint", "oauth2/token"),
            ("userinfo_endpoint", "oauth2/userInfo"),
        ] {
            document[member] = json!(format!("{}{path}", domain.served.url()));
        }
    }
    if shared.settings.announce_pkce {
        document["code_challenge_methods_supported"] = json!(["S256"]);
    }
    if let Some(members) = document.as_object_mut() {
        members.sort_keys();
    }
    document
}

fn no_such_pool(shared: &Shared, id: &str) -> Response {
    missing(shared, &format!("User pool {id} does not exist."))
}

fn missing(shared: &Shared, message: &str) -> Response {
    let status = match shared.settings.absent_metadata {
        AbsentMetadata::BadRequest => StatusCode::BAD_REQUEST,
        AbsentMetadata::NotFound => StatusCode::NOT_FOUND,
    };
    (status, Json(json!({"message": message}))).into_response()
}
