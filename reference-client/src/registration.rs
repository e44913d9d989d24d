//! How the client comes by its client id at one authorization server: pre-registered, by metadata document, or by dynamic
//! registration (RFC 7591), in that order (MCP 2025-11-25, client registration).
//!
//! What an authorization server handed out belongs to its issuer and is never shown to another one (MCP 2026-07-28,
//! authorization server binding). This holds for credentials of the configuration and for those of a registration.

use std::{
    collections::HashMap,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use oauth2::{ClientId, ClientSecret};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};
use url::Url;

use crate::{
    discovery::{string, strings},
    fetch::{FetchError, Http},
    issuer::Issuer,
    metadata::AuthorizationServer,
    settings::Registration,
    text::printable,
};

/// How the client proves itself at the token endpoint (RFC 6749 section 2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClientAuthentication {
    /// A public client: `client_id` in the body.
    None,
    /// `client_secret_basic`.
    Basic,
    /// `client_secret_post`.
    Post,
}

impl ClientAuthentication {
    fn from_name(name: &str) -> Option<Self> {
        match name {
            "none" => Some(Self::None),
            "client_secret_basic" => Some(Self::Basic),
            "client_secret_post" => Some(Self::Post),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Basic => "client_secret_basic",
            Self::Post => "client_secret_post",
        }
    }
}

/// The client as one authorization server knows it.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) id: ClientId,
    pub(crate) secret: Option<ClientSecret>,
    pub(crate) authentication: ClientAuthentication,
    secret_expires: Option<SystemTime>,
}

impl Client {
    /// Whether its secret must not be used any more.
    pub(crate) fn has_expired(&self) -> bool {
        self.secret_expires.is_some_and(|end| SystemTime::now() >= end)
    }
}

/// Why there is no client id for an authorization server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegistrationError {
    /// Pre-registered credentials belong to one issuer (MCP 2026-07-28, authorization server binding).
    #[error(
        "the client id belongs to the authorization server `{known}`, but the MCP server leads to {}: credentials of one \
         authorization server are not shown to another (MCP 2026-07-28, authorization server binding). If the client is \
         registered there, set COGNITO_ISSUER or --issuer to exactly that identifier; if not, register it there and \
         configure the new id and secret together with their issuer",
        list(.named)
    )]
    OtherIssuer {
        /// The issuer the credentials belong to.
        known: Issuer,
        /// Those that the MCP server leads to.
        named: Vec<Issuer>,
    },
    /// Nothing configured, nothing offered.
    #[error(
        "no client id for `{issuer}`: it offers neither dynamic registration nor a way this client is set up for. \
         Register a client there and configure its id (COGNITO_APP_CLIENT_ID)"
    )]
    NoMechanism {
        /// The authorization server.
        issuer: Issuer,
    },
    /// The client has a secret but the server lists no method to send it.
    #[error(
        "`{issuer}` lists no method for the token endpoint that this client can use (client_secret_basic, client_secret_post, none)"
    )]
    NoSharedMethod {
        /// The authorization server.
        issuer: Issuer,
    },
    /// RFC 7591 section 3.2.2.
    #[error("`{issuer}` refused the registration: {error} {description}")]
    Refused {
        /// The authorization server.
        issuer: Issuer,
        /// Its error code.
        error: String,
        /// Its description, printable characters only.
        description: String,
    },
    /// The registration answer cannot be used.
    #[error("the registration answer of `{issuer}` has no usable `{member}`")]
    Answer {
        /// The authorization server.
        issuer: Issuer,
        /// The member.
        member: &'static str,
    },
    /// No answer.
    #[error("registration failed: {0}")]
    Fetch(#[from] FetchError),
}

/// A document may list more than a terminal should show.
const LISTED: usize = 5;

fn list(issuers: &[Issuer]) -> String {
    let mut shown: Vec<String> = issuers.iter().take(LISTED).map(|issuer| format!("`{issuer}`")).collect();
    if issuers.len() > LISTED {
        shown.push(format!("{} more", issuers.len() - LISTED));
    }
    shown.join(", ")
}

/// The registrations of one session, kept apart by issuer.
#[derive(Debug)]
pub(crate) struct Registrations {
    configured: Registration,
    /// The issuer that the credentials of [`Registration::TrustOnFirstUse`] were used with.
    first_used: Option<Issuer>,
    dynamic: HashMap<Issuer, Client>,
}

impl Registrations {
    pub(crate) fn new(configured: Registration) -> Self {
        Self { configured, first_used: None, dynamic: HashMap::new() }
    }

    /// Those of the listed authorization servers that the client may turn to: the one that its credentials belong to, or
    /// all while it has no credentials that could go to the wrong one.
    pub(crate) fn eligible(&self, listed: Vec<Issuer>) -> Result<Vec<Issuer>, RegistrationError> {
        match self.owner() {
            None => Ok(listed),
            Some(known) if listed.contains(known) => Ok(vec![known.clone()]),
            Some(known) => Err(RegistrationError::OtherIssuer { known: known.clone(), named: listed }),
        }
    }

    /// The issuer that the configured credentials belong to, as far as it is known.
    fn owner(&self) -> Option<&Issuer> {
        match &self.configured {
            Registration::PreRegistered { issuer, .. } => Some(issuer),
            Registration::TrustOnFirstUse { .. } => self.first_used.as_ref(),
            Registration::Dynamic | Registration::MetadataDocument(_) => None,
        }
    }

    /// Forgets what a server handed out, after it said that it does not know the client.
    pub(crate) fn forget(&mut self, issuer: &Issuer) {
        self.dynamic.remove(issuer);
    }

    /// The client id to use with this server, registering if there is none yet.
    pub(crate) async fn client_for(
        &mut self,
        http: &Http,
        server: &AuthorizationServer,
        redirect_uri: &str,
    ) -> Result<Client, RegistrationError> {
        match &self.configured {
            Registration::PreRegistered { client_id, client_secret, .. }
            | Registration::TrustOnFirstUse { client_id, client_secret } => {
                let client = pre_registered(server, client_id, client_secret.as_ref())?;
                self.bind(&server.issuer)?;
                Ok(client)
            }
            Registration::MetadataDocument(url) if server.takes_metadata_documents => Ok(metadata_document(url)),
            Registration::MetadataDocument(_) | Registration::Dynamic => {
                self.dynamic_client(http, server, redirect_uri).await
            }
        }
    }

    /// Ties credentials that came without an issuer to this one; refuses to hand out those of another one.
    fn bind(&mut self, issuer: &Issuer) -> Result<(), RegistrationError> {
        if self.owner().is_none() {
            tracing::warn!(
                "the client id came without an issuer: from now on it belongs to `{issuer}`, the first authorization server \
                 that it is used with"
            );
            self.first_used = Some(issuer.clone());
        }
        self.eligible(vec![issuer.clone()]).map(drop)
    }

    async fn dynamic_client(
        &mut self,
        http: &Http,
        server: &AuthorizationServer,
        redirect_uri: &str,
    ) -> Result<Client, RegistrationError> {
        if let Some(client) = self.dynamic.get(&server.issuer).filter(|client| !client.has_expired()) {
            return Ok(client.clone());
        }
        let client = register(http, server, redirect_uri).await?;
        self.dynamic.insert(server.issuer.clone(), client.clone());
        Ok(client)
    }
}

fn pre_registered(
    server: &AuthorizationServer,
    id: &str,
    secret: Option<&SecretString>,
) -> Result<Client, RegistrationError> {
    Ok(Client {
        id: ClientId::new(id.to_owned()),
        secret: secret.map(|secret| ClientSecret::new(secret.expose_secret().to_owned())),
        authentication: authentication_for(server, secret.is_some())?,
        secret_expires: None,
    })
}

/// A client that is known by the URL of its metadata has no shared secret (CIMD-00 section 4.1).
fn metadata_document(url: &Url) -> Client {
    Client {
        id: ClientId::new(url.as_str().to_owned()),
        secret: None,
        authentication: ClientAuthentication::None,
        secret_expires: None,
    }
}

/// Basic before post, as RFC 6749 asks servers to support it; a client without a secret is public whatever is listed,
/// because many servers do not list `none`.
fn authentication_for(
    server: &AuthorizationServer,
    has_secret: bool,
) -> Result<ClientAuthentication, RegistrationError> {
    if !has_secret {
        return Ok(ClientAuthentication::None);
    }
    [ClientAuthentication::Basic, ClientAuthentication::Post]
        .into_iter()
        .find(|method| server.token_auth_methods.iter().any(|listed| listed == method.name()))
        .ok_or_else(|| RegistrationError::NoSharedMethod { issuer: server.issuer.clone() })
}

/// RFC 7591 section 3.1: what this client is, a native one on a loopback redirect.
async fn register(http: &Http, server: &AuthorizationServer, redirect_uri: &str) -> Result<Client, RegistrationError> {
    let issuer = &server.issuer;
    let endpoint = server
        .registration_endpoint
        .as_ref()
        .ok_or_else(|| RegistrationError::NoMechanism { issuer: issuer.clone() })?;
    let asked = [ClientAuthentication::None, ClientAuthentication::Basic, ClientAuthentication::Post]
        .into_iter()
        .find(|method| server.token_auth_methods.iter().any(|listed| listed == method.name()))
        .ok_or_else(|| RegistrationError::NoSharedMethod { issuer: issuer.clone() })?;
    let request = json!({
        "client_name": "reference-client",
        "redirect_uris": [redirect_uri],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": asked.name(),
        "application_type": "native",
    });
    let answer = http.answer(endpoint, http.post(endpoint).json(&request)).await?;
    if !answer.status.is_success() {
        return Err(RegistrationError::Refused {
            issuer: issuer.clone(),
            error: printable(string(&answer.document, "error").unwrap_or("without an error code")),
            description: printable(string(&answer.document, "error_description").unwrap_or_default()),
        });
    }
    registered(&answer.document, server, redirect_uri, asked)
}

/// What counts is what the server returned, not what was asked for (RFC 7591 section 3.2.1).
fn registered(
    document: &Map<String, Value>,
    server: &AuthorizationServer,
    redirect_uri: &str,
    asked: ClientAuthentication,
) -> Result<Client, RegistrationError> {
    let unusable = |member| RegistrationError::Answer { issuer: server.issuer.clone(), member };
    let id = string(document, "client_id").filter(|id| !id.is_empty()).ok_or_else(|| unusable("client_id"))?;
    let secret = string(document, "client_secret").map(|secret| ClientSecret::new(secret.to_owned()));
    let authentication = match string(document, "token_endpoint_auth_method") {
        Some(name) => ClientAuthentication::from_name(name).ok_or_else(|| unusable("token_endpoint_auth_method"))?,
        None => asked,
    };
    if authentication != ClientAuthentication::None && secret.is_none() {
        return Err(unusable("client_secret"));
    }
    if document.contains_key("redirect_uris") && !strings(document, "redirect_uris").any(|uri| uri == redirect_uri) {
        return Err(unusable("redirect_uris"));
    }
    // Zero means that the secret does not expire.
    let expires = document.get("client_secret_expires_at").and_then(Value::as_u64).filter(|at| *at > 0);
    Ok(Client {
        id: ClientId::new(id.to_owned()),
        secret,
        authentication,
        secret_expires: expires.and_then(|at| UNIX_EPOCH.checked_add(Duration::from_secs(at))),
    })
}
