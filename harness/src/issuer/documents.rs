//! The metadata that the played issuer publishes about itself, the same document for OAuth and OpenID Connect.

use serde_json::{Value, json};

/// The path of the authorization endpoint.
pub const AUTHORIZE: &str = "/authorize";
/// The path of the token endpoint.
pub const TOKEN: &str = "/token";
/// The path of the registration endpoint.
pub const REGISTER: &str = "/register";
/// The path of the keys, where Cognito and Auth0 have theirs, too: some servers do not look into the metadata.
pub const JWKS: &str = "/.well-known/jwks.json";
pub(super) const INTROSPECT: &str = "/introspect";
pub(super) const REVOKE: &str = "/revoke";

/// The metadata of `issuer`, whose endpoints are below `base` (RFC 8414 §2, RFC 7591, RFC 9207 §3).
pub(super) fn metadata(issuer: &str, base: &str, takes_metadata_documents: bool) -> Value {
    let at = |path: &str| format!("{base}{path}");
    json!({
        "issuer": issuer,
        "authorization_endpoint": at(AUTHORIZE),
        "token_endpoint": at(TOKEN),
        "registration_endpoint": at(REGISTER),
        "jwks_uri": at(JWKS),
        "introspection_endpoint": at(INTROSPECT),
        "introspection_endpoint_auth_methods_supported": ["none", "client_secret_basic", "client_secret_post"],
        "revocation_endpoint": at(REVOKE),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "client_credentials", "refresh_token"],
        "token_endpoint_auth_methods_supported": ["none", "client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "client_id_metadata_document_supported": takes_metadata_documents,
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid"],
    })
}
