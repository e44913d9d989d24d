//! Protected resource metadata (RFC 9728): which authorization servers the MCP server trusts, and for which resource.
//!
//! A URL named by the challenge is the only one asked. Otherwise the well-known URI with the server's path comes first,
//! then the one at the root. The `resource` member must be, character for character, the identifier the URL was derived
//! from (section 3.3): that is what keeps one server from collecting tokens for another.

use serde_json::{Map, Value};
use url::Url;

use crate::{
    fetch::{FetchError, Http},
    issuer::Issuer,
    reach::UrlRefusal,
    scopes::Scopes,
    settings::ServerUrl,
};

const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

/// What a usable protected resource metadata document says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProtectedResource {
    /// The identifier, byte for byte as published; sent as `resource` (RFC 8707).
    pub(crate) identifier: String,
    /// At least one.
    pub(crate) authorization_servers: Vec<Issuer>,
    pub(crate) scopes_supported: Option<Scopes>,
}

/// Why there is no usable protected resource metadata.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DiscoveryError {
    /// The challenge names a URL that may not be contacted.
    #[error("resource_metadata of the challenge: {0}")]
    Url(#[from] UrlRefusal),
    /// No document.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// A document about something else (RFC 9728 section 3.3).
    #[error(
        "the protected resource metadata is for `{found}`, but the client is talking to `{expected}`; RFC 9728 section 3.3 \
         forbids using it"
    )]
    ForeignResource {
        /// What `resource` had to be.
        expected: String,
        /// What it was.
        found: String,
    },
    /// A required member is missing or has the wrong type.
    #[error("the protected resource metadata has no usable `{0}`")]
    Member(&'static str),
    /// None of the well-known URIs had a usable document.
    #[error("the server names no protected resource metadata, and none was found at its well-known URIs: {}", list(.0))]
    NotFound(Vec<DiscoveryError>),
}

fn list(errors: &[DiscoveryError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// One place to look, with the identifiers its document may carry.
struct Candidate {
    url: Url,
    identifiers: Vec<String>,
}

/// Finds the metadata of the MCP server; `named` is `resource_metadata` of its challenge.
pub(crate) async fn protected_resource(
    http: &Http,
    server: &ServerUrl,
    named: Option<&str>,
) -> Result<ProtectedResource, DiscoveryError> {
    if let Some(named) = named {
        let url = http.reach().parse("resource_metadata", named)?;
        return read(http, &Candidate { url, identifiers: identifiers(server) }).await;
    }
    let mut refusals = Vec::new();
    for candidate in well_known(server) {
        match read(http, &candidate).await {
            Ok(resource) => return Ok(resource),
            // A document that was found but is about another resource ends the search: it is an answer, and a wrong one.
            Err(error @ DiscoveryError::ForeignResource { .. }) => return Err(error),
            Err(error) => refusals.push(error),
        }
    }
    Err(DiscoveryError::NotFound(refusals))
}

/// The URL as given and its canonical form; they differ only in the case of scheme and host and in a default port.
fn identifiers(server: &ServerUrl) -> Vec<String> {
    vec![server.as_str().to_owned(), server.canonical()]
}

/// The well-known URIs of RFC 9728 section 3.1, most specific first.
fn well_known(server: &ServerUrl) -> Vec<Candidate> {
    let mut root = server.url().clone();
    root.set_fragment(None);
    root.set_query(None);
    let mut with_path = root.clone();
    root.set_path(WELL_KNOWN);
    let path = server.url().path();
    if path == "/" && server.url().query().is_none() {
        return vec![Candidate { url: root, identifiers: identifiers(server) }];
    }
    with_path.set_path(&format!("{WELL_KNOWN}{}", if path == "/" { "" } else { path }));
    with_path.set_query(server.url().query());
    vec![
        Candidate { url: with_path, identifiers: identifiers(server) },
        Candidate { url: root, identifiers: vec![server.origin()] },
    ]
}

async fn read(http: &Http, candidate: &Candidate) -> Result<ProtectedResource, DiscoveryError> {
    let document = http.document(&candidate.url, None).await?;
    let found = string(&document, "resource").ok_or(DiscoveryError::Member("resource"))?;
    if !candidate.identifiers.iter().any(|identifier| identifier == found) {
        let expected = candidate.identifiers.first().cloned().unwrap_or_default();
        return Err(DiscoveryError::ForeignResource { expected, found: crate::text::printable(found) });
    }
    let authorization_servers: Vec<Issuer> = strings(&document, "authorization_servers").map(Issuer::new).collect();
    if authorization_servers.is_empty() {
        return Err(DiscoveryError::Member("authorization_servers"));
    }
    let scopes: Scopes = strings(&document, "scopes_supported").map(str::to_owned).collect();
    Ok(ProtectedResource {
        identifier: found.to_owned(),
        authorization_servers,
        scopes_supported: Scopes::parse(&scopes.to_string()),
    })
}

/// A string member of a metadata document.
pub(crate) fn string<'a>(document: &'a Map<String, Value>, member: &str) -> Option<&'a str> {
    document.get(member).and_then(Value::as_str)
}

/// The strings of an array member; nothing if the member is missing or is no array.
pub(crate) fn strings<'a>(document: &'a Map<String, Value>, member: &str) -> impl Iterator<Item = &'a str> {
    document.get(member).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}
