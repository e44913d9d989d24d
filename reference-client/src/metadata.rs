//! Authorization server metadata (RFC 8414, OpenID Connect Discovery): found in the order of MCP, accepted only when its
//! `issuer` is exactly the identifier it was looked up by, and only when it promises PKCE with S256.

use serde_json::{Map, Value};
use url::Url;

use crate::{
    discovery::{string, strings},
    exemption::{Exemption, Rule},
    fetch::{FetchError, Http},
    issuer::Issuer,
    reach::UrlRefusal,
};

/// An authorization server whose metadata was checked.
#[derive(Debug, Clone)]
pub(crate) struct AuthorizationServer {
    pub(crate) issuer: Issuer,
    pub(crate) authorization_endpoint: Url,
    pub(crate) token_endpoint: Url,
    pub(crate) registration_endpoint: Option<Url>,
    /// Methods for the token endpoint; the default of RFC 8414 when the member is missing.
    pub(crate) token_auth_methods: Vec<String>,
    /// Whether authorization responses carry `iss` (RFC 9207 section 3).
    pub(crate) sends_iss: bool,
    /// Whether a URL may be used as client id.
    pub(crate) takes_metadata_documents: bool,
    /// The exemption that was needed to accept this server.
    pub(crate) exempted: Option<Rule>,
}

/// Why an authorization server cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// The issuer is no URL that may be contacted.
    #[error("the issuer `{issuer}` cannot be used: {reason}")]
    Issuer {
        /// The issuer as listed.
        issuer: Issuer,
        /// What is wrong with it.
        reason: UrlRefusal,
    },
    /// No document.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// RFC 8414 section 3.3.
    #[error(
        "metadata looked up for the issuer `{expected}` names the issuer `{found}`; RFC 8414 section 3.3 forbids using it"
    )]
    ForeignIssuer {
        /// The identifier the URL was built from.
        expected: Issuer,
        /// The `issuer` member, empty when missing.
        found: Issuer,
    },
    /// A required member is missing or cannot be used.
    #[error("the metadata of `{issuer}` has no usable `{member}`")]
    Member {
        /// Whose metadata.
        issuer: Issuer,
        /// The member.
        member: &'static str,
    },
    /// An endpoint that may not be contacted or opened.
    #[error("`{member}` of `{issuer}`: {reason}")]
    Endpoint {
        /// Whose metadata.
        issuer: Issuer,
        /// The member.
        member: &'static str,
        /// What is wrong with it.
        reason: UrlRefusal,
    },
    /// MCP authorization, code protection: without the member the client must refuse.
    #[error(
        "the metadata of `{issuer}` has no `code_challenge_methods_supported`, so nothing says that the authorization \
         server supports PKCE; MCP (since 2025-11-25) tells clients to refuse to go on. If you know that this one issuer \
         supports S256, exempt it with: --exempt {issuer}=pkce-metadata"
    )]
    PkceNotAdvertised {
        /// Whose metadata.
        issuer: Issuer,
    },
    /// PKCE methods are listed, S256 is not among them.
    #[error("the metadata of `{issuer}` lists PKCE methods without S256; the client uses no other")]
    NoS256 {
        /// Whose metadata.
        issuer: Issuer,
    },
    /// No location had a usable document.
    #[error("no usable metadata of the authorization server `{issuer}`: {}", list(.attempts))]
    NotFound {
        /// The issuer looked for.
        issuer: Issuer,
        /// What was wrong at each location, in the order asked.
        attempts: Vec<MetadataError>,
    },
}

fn list(errors: &[MetadataError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// Looks the metadata of an issuer up and checks it. An unusable document does not end the search; the first one that
/// names the right issuer does.
pub(crate) async fn authorization_server(
    http: &Http,
    issuer: &Issuer,
    exemptions: &[Exemption],
) -> Result<AuthorizationServer, MetadataError> {
    let url = http
        .reach()
        .parse("the issuer", issuer.as_str())
        .map_err(|reason| MetadataError::Issuer { issuer: issuer.clone(), reason })?;
    let mut attempts = Vec::new();
    for location in locations(&url) {
        match document(http, &location, issuer, None).await {
            Ok(document) => return check(http, &document, issuer, exemptions),
            Err(error) => attempts.push(error),
        }
    }
    Err(MetadataError::NotFound { issuer: issuer.clone(), attempts })
}

/// The locations in the order of MCP 2025-11-25, authorization server metadata discovery.
pub(crate) fn locations(issuer: &Url) -> Vec<Url> {
    let path = issuer.path().trim_end_matches('/');
    let mut paths = vec![
        format!("/.well-known/oauth-authorization-server{path}"),
        format!("/.well-known/openid-configuration{path}"),
    ];
    if !path.is_empty() {
        paths.push(format!("{path}/.well-known/openid-configuration"));
    }
    let at = |path: String| {
        let mut url = issuer.clone();
        url.set_query(None);
        url.set_fragment(None);
        url.set_path(&path);
        url
    };
    paths.into_iter().map(at).collect()
}

/// A document that names the right issuer.
pub(crate) async fn document(
    http: &Http,
    location: &Url,
    issuer: &Issuer,
    protocol: Option<&'static str>,
) -> Result<Map<String, Value>, MetadataError> {
    let document = http.document(location, protocol).await?;
    let found = Issuer::new(string(&document, "issuer").unwrap_or_default());
    if found != *issuer {
        return Err(MetadataError::ForeignIssuer { expected: issuer.clone(), found });
    }
    Ok(document)
}

/// Reads the members; everything unknown is ignored.
pub(crate) fn check(
    http: &Http,
    document: &Map<String, Value>,
    issuer: &Issuer,
    exemptions: &[Exemption],
) -> Result<AuthorizationServer, MetadataError> {
    let exempted = check_pkce(document, issuer, exemptions)?;
    let optional = |member: &'static str| {
        let endpoint = string(document, member).map(|text| http.reach().parse(member, text)).transpose();
        endpoint.map_err(|reason| MetadataError::Endpoint { issuer: issuer.clone(), member, reason })
    };
    let required = |member| optional(member)?.ok_or(MetadataError::Member { issuer: issuer.clone(), member });
    let mut token_auth_methods: Vec<String> =
        strings(document, "token_endpoint_auth_methods_supported").map(str::to_owned).collect();
    if !document.contains_key("token_endpoint_auth_methods_supported") {
        token_auth_methods.push("client_secret_basic".to_owned());
    }
    Ok(AuthorizationServer {
        issuer: issuer.clone(),
        authorization_endpoint: required("authorization_endpoint")?,
        token_endpoint: required("token_endpoint")?,
        registration_endpoint: optional("registration_endpoint")?,
        token_auth_methods,
        sends_iss: flag(document, "authorization_response_iss_parameter_supported"),
        takes_metadata_documents: flag(document, "client_id_metadata_document_supported"),
        exempted,
    })
}

fn flag(document: &Map<String, Value>, member: &str) -> bool {
    document.get(member).and_then(Value::as_bool).unwrap_or(false)
}

/// S256 must be listed; only a missing member can be exempted.
fn check_pkce(
    document: &Map<String, Value>,
    issuer: &Issuer,
    exemptions: &[Exemption],
) -> Result<Option<Rule>, MetadataError> {
    match document.get("code_challenge_methods_supported") {
        Some(Value::Array(methods)) if methods.iter().any(|method| method == "S256") => Ok(None),
        Some(Value::Array(methods)) if !methods.is_empty() => Err(MetadataError::NoS256 { issuer: issuer.clone() }),
        _ => {
            let exempted = exemptions.iter().any(|e| e.rule == Rule::PkceMetadata && e.issuer == *issuer);
            if exempted {
                Ok(Some(Rule::PkceMetadata))
            } else {
                Err(MetadataError::PkceNotAdvertised { issuer: issuer.clone() })
            }
        }
    }
}
