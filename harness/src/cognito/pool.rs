//! A provisioned user pool: all that a bench, a reference server or a reference client needs to know of it.

use secrecy::SecretString;
use url::Url;

/// A user pool that is ready to be logged in to.
///
/// The `Debug` form shows no secret.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Pool {
    /// The pool's id, such as `us-east-1_AbCdEfGhI`.
    pub id: String,
    /// The issuer: equal to the `issuer` member of the discovery document.
    pub issuer: String,
    /// The discovery document as it was served.
    pub discovery: serde_json::Value,
    /// The endpoints, as the discovery document names them.
    pub endpoints: Endpoints,
    /// The prefix of the hosted login domain.
    pub domain: String,
    /// Identifier of the protected resource, to be sent as `resource` (RFC 8707) and expected as audience.
    pub resource: String,
    /// Id of the confidential app client.
    pub client_id: String,
    /// Secret of the app client.
    pub client_secret: SecretString,
    /// The redirect URIs the app client may use.
    pub callbacks: Vec<Url>,
    /// The scopes the app client may ask for; those of the resource carry its identifier in front.
    pub granted_scopes: Vec<String>,
    /// A user that can log in.
    pub user: PoolUser,
    /// Another one, for what must not mix.
    pub second_user: Option<PoolUser>,
}

impl Pool {
    /// Host and port of the hosted login, without scheme.
    pub fn domain_host(&self) -> &str {
        self.endpoints.authorization.authority()
    }
}

/// The endpoints of a pool, from its discovery document.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Endpoints {
    /// Authorization endpoint (RFC 6749 section 3.1).
    pub authorization: Url,
    /// Token endpoint (RFC 6749 section 3.2).
    pub token: Url,
    /// Revocation endpoint (RFC 7009), when it is announced.
    pub revocation: Option<Url>,
    /// UserInfo endpoint (OpenID Connect Core section 5.3).
    pub userinfo: Url,
    /// The key set (RFC 7517 section 5).
    pub jwks_uri: Url,
}

/// A user of the pool.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PoolUser {
    /// The e-mail address to sign in with.
    pub username: String,
    /// The password; permanent, so no page asks for a new one.
    pub password: SecretString,
    /// The subject of the user's tokens.
    pub sub: String,
}
