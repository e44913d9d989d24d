//! Protected resource metadata (RFC 9728), and where it is served.
//!
//! MCP lets a server put the document at the well-known address with the path of the endpoint inserted, at the root
//! well-known address, or at both. RFC 9728 section 3.3 has a client refuse a document whose `resource` is not the
//! identifier from which the well-known address was derived. For an endpoint with a path the root address belongs to
//! another resource, the origin: the same document served there would have to be refused, and one that names the origin
//! would promise an audience that the verifier does not accept. So the document stands at the one address that is
//! derived from the resource, the challenge points there, and the root answers 404, after which clients go on
//! as the specification says. When the resource is an origin, the derived address is the root.

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL,
    CONTENT_TYPE,
};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Serialize;

use crate::config::Config;

/// The name shown to people who are asked for consent.
pub const RESOURCE_NAME: &str = "MCP Reference Server";

/// The metadata document. Members without values are left out (RFC 9728 section 3.2).
#[derive(Debug, Clone, Serialize)]
pub struct ProtectedResourceMetadata {
    /// The resource identifier, equal to the audience the server accepts.
    pub resource: String,
    /// Issuers of authorization servers whose tokens are accepted.
    pub authorization_servers: Vec<String>,
    /// The scopes that basic use needs. Scopes of single operations come with the challenge of that operation.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scopes_supported: Vec<String>,
    /// How a token may be sent: in the header only.
    pub bearer_methods_supported: Vec<&'static str>,
    /// A name for people.
    pub resource_name: &'static str,
}

impl ProtectedResourceMetadata {
    /// The document that belongs to a configuration.
    pub fn of(config: &Config) -> Self {
        Self {
            resource: config.resource.as_str().to_owned(),
            authorization_servers: config.authorization_servers.clone(),
            scopes_supported: config.base_scopes.iter().map(|scope| scope.as_str().to_owned()).collect(),
            bearer_methods_supported: vec!["header"],
            resource_name: RESOURCE_NAME,
        }
    }
}

/// The document as a route, readable from every web page: it is public and needs no credentials.
pub fn route(config: &Config) -> Router {
    let document = ProtectedResourceMetadata::of(config);
    let answer = get(async move || document).options(preflight);
    Router::new().without_v07_checks().route(&config.resource.metadata_path(), answer)
}

impl IntoResponse for ProtectedResourceMetadata {
    fn into_response(self) -> Response {
        let headers = [
            (CONTENT_TYPE, "application/json"),
            (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
            (CACHE_CONTROL, "public, max-age=300"),
        ];
        (headers, serde_json::json!(self).to_string()).into_response()
    }
}

/// Lets web pages send `MCP-Protocol-Version` with the GET, as some clients do.
async fn preflight() -> Response {
    let headers = [
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (ACCESS_CONTROL_ALLOW_METHODS, "GET"),
        (ACCESS_CONTROL_ALLOW_HEADERS, "*"),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}
