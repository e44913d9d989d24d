//! What the server is told: its own identity, the authorization server it trusts, and limits.
//!
//! Everything is checked when it is read, so that the rest of the server works with values that are known to be good.
//! Where named settings come from (environment, `.env`) is the business of whoever calls [`Config::from_lookup`].
//! A setting that weakens validation says so in its name, and [`Config::weakened`] lists it for the log.

mod lookup;

use std::collections::BTreeSet;
use std::time::Duration;

use url::Url;

use crate::resource::{Resource, ResourceError, is_https_or_loopback};
use crate::scope::{Scope, ScopeError, Scopes};

/// Everything that can be configured.
#[derive(Debug, Clone)]
pub struct Config {
    /// The canonical URI of this server: the `resource` of its metadata and the audience it accepts.
    pub resource: Resource,
    /// The issuer whose tokens are accepted, compared byte for byte with `iss`.
    pub issuer: String,
    /// Where the keys of the issuer are.
    pub jwks_uri: Url,
    /// What the metadata lists; normally the issuer alone.
    pub authorization_servers: Vec<String>,
    /// The clients whose tokens are accepted.
    pub clients: AllowedClients,
    /// Whether an access token must say so in `token_use`.
    pub token_use: TokenUse,
    /// The scopes every request needs.
    pub base_scopes: Scopes,
    /// The further scope that writing a note needs.
    pub note_scope: Scope,
    /// How far the clocks of issuer and server may differ.
    pub leeway: Duration,
    /// The shortest time between two requests for keys that unknown key ids cause.
    pub key_refetch_interval: Duration,
    /// How long fetched keys are used before they are fetched again; a withdrawn key stops working after this time.
    pub key_max_age: Duration,
    /// How long one request for keys may take.
    pub key_fetch_timeout: Duration,
    /// Values of `Host` that are served: `host` with any port, or `host:port`.
    pub allowed_hosts: Vec<String>,
    /// Origins, besides the server's own, from which web pages may call.
    pub allowed_origins: Vec<String>,
}

/// The clients whose tokens are accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AllowedClients {
    /// Only those with these client ids.
    Listed(BTreeSet<String>),
    /// All clients of the authorization server, for instance where clients register themselves.
    Any,
}

impl AllowedClients {
    /// Whether a client is among them.
    pub fn contain(&self, client_id: &str) -> bool {
        match self {
            Self::Listed(ids) => ids.contains(client_id),
            Self::Any => true,
        }
    }
}

/// What is expected of the claim by which Cognito tells access tokens from ID tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenUse {
    /// `token_use` must be there and say `access`.
    Required,
    /// `token_use` may be missing, as with issuers other than Cognito; when it is there it must say `access`.
    Optional,
}

/// Why a configuration cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Settings without which the server cannot start.
    #[error("missing configuration: {}; set them in the environment or in .env", .0.join(", "))]
    Missing(Vec<&'static str>),
    /// The identifier of this server.
    #[error("the URL of this server cannot be used: {0}")]
    Resource(#[from] ResourceError),
    /// An address of the authorization server.
    #[error("{name}: `{value}` must be an https URL without query and fragment (http is for loopback hosts only)")]
    Address {
        /// Which setting.
        name: &'static str,
        /// What it said.
        value: String,
    },
    /// A scope.
    #[error("{name}: {error}")]
    Scope {
        /// Which setting.
        name: &'static str,
        /// What is wrong with it.
        error: ScopeError,
    },
    /// A scope that a resource server must not ask for.
    #[error(
        "{0}: offline_access is no scope of a resource; refresh tokens concern client and authorization server only"
    )]
    OfflineAccess(&'static str),
    /// No client could ever be accepted.
    #[error("the list of allowed clients is empty")]
    NoClient,
    /// A region that neither stands in the pool id nor was given.
    #[error("COGNITO_REGION is not set and cannot be read from the pool id `{0}` (expected REGION_ID)")]
    RegionUnknown(String),
    /// An allowed host or origin.
    #[error("{name}: `{value}` is not {expected}")]
    Malformed {
        /// Which setting.
        name: &'static str,
        /// What it said.
        value: String,
        /// What it should look like.
        expected: &'static str,
    },
}

impl Config {
    /// The configuration for a Cognito-like issuer, with strict defaults for everything else.
    ///
    /// # Errors
    ///
    /// When the resource, the issuer or the client ids cannot be used.
    pub fn for_issuer(
        resource: &str,
        issuer: &str,
        client_ids: impl IntoIterator<Item = String>,
    ) -> Result<Self, ConfigError> {
        let clients: BTreeSet<String> = client_ids.into_iter().filter(|id| !id.is_empty()).collect();
        if clients.is_empty() {
            return Err(ConfigError::NoClient);
        }
        Self::with_clients(resource, issuer, AllowedClients::Listed(clients))
    }

    fn with_clients(resource: &str, issuer: &str, clients: AllowedClients) -> Result<Self, ConfigError> {
        let resource = Resource::parse(resource)?;
        checked_address("issuer", issuer)?;
        let jwks_uri = checked_address("issuer", &format!("{}/.well-known/jwks.json", issuer.trim_end_matches('/')))?;
        let note_scope = checked_scope("resource", &format!("{resource}/notes.write"))?;
        let own_host = resource.authority().to_owned();
        Ok(Self {
            issuer: issuer.to_owned(),
            jwks_uri,
            authorization_servers: vec![issuer.to_owned()],
            clients,
            token_use: TokenUse::Required,
            base_scopes: Scopes::from_iter([checked_scope("base scopes", "openid")?]),
            note_scope,
            leeway: Duration::from_secs(5),
            key_refetch_interval: Duration::from_secs(10),
            key_max_age: Duration::from_secs(300),
            key_fetch_timeout: Duration::from_secs(5),
            allowed_hosts: vec![own_host, "localhost".into(), "127.0.0.1".into(), "[::1]".into()],
            allowed_origins: Vec::new(),
            resource,
        })
    }

    /// Reads the configuration from named settings, usually environment variables. The README of the program lists them.
    ///
    /// # Errors
    ///
    /// All missing settings at once, or the first one that cannot be used.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        lookup::from_lookup(&lookup)
    }

    /// What in this configuration makes validation weaker than the default, one sentence each.
    pub fn weakened(&self) -> Vec<&'static str> {
        let mut weakened = Vec::new();
        if self.clients == AllowedClients::Any {
            weakened.push("tokens of ANY client of the authorization server are accepted");
        }
        if self.token_use == TokenUse::Optional {
            weakened.push("access tokens WITHOUT token_use are accepted");
        }
        weakened
    }
}

/// Reads an address to which trust is attached.
fn checked_address(name: &'static str, value: &str) -> Result<Url, ConfigError> {
    let wrong = || ConfigError::Address { name, value: value.to_owned() };
    let url = Url::parse(value).map_err(|_| wrong())?;
    if !is_https_or_loopback(&url) || url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
        return Err(wrong());
    }
    Ok(url)
}

fn checked_scope(name: &'static str, value: &str) -> Result<Scope, ConfigError> {
    Scope::parse(value).map_err(|error| ConfigError::Scope { name, error })
}
