//! From what a server says, or its operator, to the endpoints of its authorization server, as MCP has clients find them.
//!
//! Secrets are going to be sent there. So an issuer has to be the one it was looked for (RFC 8414 §3.3), everything has to
//! be https or on this machine, and what the server alone says has to be safe to follow from where it is.

use super::http::Probe;
use super::token_source::ClientOrder;
use super::without_token::SeenWithoutToken;
use crate::oauth_client::AuthorizationServer;
use crate::protocol::issuer::well_known;
use crate::protocol::reply;
use crate::protocol::url::{is_loopback, is_safe_to_follow, origin_of};
use crate::wire::{Response, Sender};
use serde_json::{Map, Value};
use url::Url;

/// Why no authorization server could be found to ask for a token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DiscoveryError {
    /// Somewhere a server elsewhere may not send the harness to.
    #[error(
        "{what} is {url}, which no server elsewhere may send the harness to; if it is meant, name it in the file \
         (`issuer`, `token_endpoint`)"
    )]
    Unsafe {
        /// What leads there.
        what: &'static str,
        /// Where to.
        url: String,
    },
    /// Secrets could be read on the way.
    #[error("{what} is {url}, which is neither https nor on this machine; no secret is sent there")]
    Unencrypted {
        /// What leads there.
        what: &'static str,
        /// Where to.
        url: String,
    },
    /// The metadata is of another issuer.
    #[error(
        "the metadata at {url} is of the issuer {seen} and not of {expected}; clients have to refuse it (RFC 8414 \
         section 3.3)"
    )]
    OtherIssuer {
        /// Where it is.
        url: String,
        /// Whose it should be.
        expected: String,
        /// Whose it is.
        seen: String,
    },
    /// No metadata.
    #[error("the authorization server {issuer} ({origin}) has no metadata where MCP looks for it: {seen}")]
    NotFound {
        /// The issuer.
        issuer: String,
        /// Who says that this is the issuer.
        origin: &'static str,
        /// What came back.
        seen: String,
    },
    /// The metadata lacks something, or it is no URL.
    #[error("the metadata of {issuer} has no {member} that is a URL")]
    NoEndpoint {
        /// The issuer.
        issuer: String,
        /// The member.
        member: &'static str,
    },
}

/// An authorization server, and its JWK Set if it has one.
pub(super) struct Discovered {
    pub(super) server: AuthorizationServer,
    pub(super) keys: Option<Value>,
}

/// Where an issuer's name comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    Operator,
    Server,
    Nobody,
}

impl Says {
    const fn words(self) -> &'static str {
        match self {
            Self::Operator => "which the file names",
            Self::Server => "which the server's metadata names",
            Self::Nobody => "the server's own origin, since it names none; `issuer` in the file names one",
        }
    }
}

/// Finds the authorization server of `endpoint`.
///
/// # Errors
/// When none can be found to which a secret may be sent.
pub(super) async fn authorization_server(
    endpoint: &str,
    outside: &SeenWithoutToken,
    order: &ClientOrder,
    sender: &Sender,
) -> Result<Discovered, DiscoveryError> {
    let (issuer, says) = match (&order.issuer, outside.issuers.first()) {
        (Some(issuer), _) => (issuer.clone(), Says::Operator),
        (None, Some(issuer)) => (issuer.clone(), Says::Server),
        // MCP 2025-03-26, Server Metadata Discovery: the authorization base URL is the origin of the server.
        (None, None) => (origin_of(endpoint).unwrap_or_default().to_owned(), Says::Nobody),
    };
    let search = Search { endpoint, says, probe: Probe::new(endpoint, sender, None) };
    search.allows("the issuer", &issuer)?;
    let found = search.metadata(&issuer).await;
    let document = match (found, &order.token_endpoint) {
        (Ok(document), _) => document,
        (Err(DiscoveryError::NotFound { .. }), Some(_)) => Map::new(),
        (Err(error), _) => return Err(error),
    };
    search.read(issuer, &document, order).await
}

struct Search<'a> {
    endpoint: &'a str,
    says: Says,
    probe: Probe<'a>,
}

impl Search<'_> {
    fn allows(&self, what: &'static str, url: &str) -> Result<(), DiscoveryError> {
        if self.says != Says::Operator && !is_safe_to_follow(url, self.endpoint) {
            return Err(DiscoveryError::Unsafe { what, url: url.to_owned() });
        }
        private(what, url)
    }

    /// The metadata of the issuer, from the first place that has it.
    async fn metadata(&self, issuer: &str) -> Result<Map<String, Value>, DiscoveryError> {
        let mut seen = Vec::new();
        let mut other = None;
        for url in well_known(issuer) {
            let exchange = self.probe.fetch(&url).await;
            let document = exchange.response().filter(|response| response.status == 200).and_then(Response::json);
            if let Some(Value::Object(document)) = document {
                let named = document.get("issuer").and_then(Value::as_str).unwrap_or("none").to_owned();
                if named == issuer {
                    return Ok(document);
                }
                let expected = issuer.to_owned();
                other = other.or(Some(DiscoveryError::OtherIssuer { url, expected, seen: named }));
            } else {
                let how = exchange.answer.as_ref().map_or_else(ToString::to_string, reply::shown);
                seen.push(format!("{url}: {how}"));
            }
        }
        let not_found =
            || DiscoveryError::NotFound { issuer: issuer.to_owned(), origin: self.says.words(), seen: seen.join("; ") };
        Err(other.unwrap_or_else(not_found))
    }

    async fn read(
        &self,
        issuer: String,
        document: &Map<String, Value>,
        order: &ClientOrder,
    ) -> Result<Discovered, DiscoveryError> {
        let token_endpoint = match &order.token_endpoint {
            Some(named) => private("token_endpoint", named.as_str()).map(|()| named.clone())?,
            None => self
                .url(document, "token_endpoint")?
                .ok_or_else(|| DiscoveryError::NoEndpoint { issuer: issuer.clone(), member: "token_endpoint" })?,
        };
        let list = |name: &str| document.get(name).and_then(Value::as_array);
        let strings = |list: &Vec<Value>| list.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        let methods = list("code_challenge_methods_supported");
        let promise = document.get("authorization_response_iss_parameter_supported");
        Ok(Discovered {
            keys: match self.url(document, "jwks_uri").ok().flatten() {
                Some(url) => self.probe.fetch(url.as_str()).await.response().and_then(Response::json),
                None => None,
            },
            server: AuthorizationServer {
                issuer,
                authorization_endpoint: self.url(document, "authorization_endpoint")?,
                token_endpoint,
                authentication_methods: list("token_endpoint_auth_methods_supported").map(strings),
                promises_iss: promise.and_then(Value::as_bool).unwrap_or(false),
                announces_s256: methods.is_some_and(|methods| methods.iter().any(|method| method == "S256")),
            },
        })
    }

    /// A URL in the metadata, if it is there; one that may not be used is an error.
    fn url(&self, document: &Map<String, Value>, member: &'static str) -> Result<Option<Url>, DiscoveryError> {
        let Some(text) = document.get(member).and_then(Value::as_str) else { return Ok(None) };
        self.allows(member, text)?;
        Ok(Url::parse(text).ok())
    }
}

fn private(what: &'static str, url: &str) -> Result<(), DiscoveryError> {
    let fits =
        Url::parse(url).is_ok_and(|url| url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url)));
    if fits { Ok(()) } else { Err(DiscoveryError::Unencrypted { what, url: url.to_owned() }) }
}
