//! The resource identifier of the server and what is derived from it: origin, endpoint path, metadata address.
//!
//! The identifier is one string, kept byte for byte as it was configured. Clients, the authorization server and this
//! server compare it as a string (RFC 9728 section 3.3, RFC 8707 section 2), so no URL library may rewrite it on the
//! way. This module knows nothing of requests: what a caller writes into `Host` never reaches it.

use std::fmt;

use url::Url;

/// Where RFC 9728 section 3.1 puts protected resource metadata.
pub const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

/// The canonical URI of a protected MCP server.
///
/// An absolute `https` URL (`http` for loopback names) without user information, query, fragment or trailing slash
/// (MCP authorization, "Canonical Server URI").
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Resource {
    identifier: String,
    /// Length of `scheme://authority` in `identifier`.
    origin_length: usize,
}

/// Why a string cannot be the identifier of a protected MCP server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResourceError {
    /// It is no absolute URL, or holds characters that a URL cannot hold.
    #[error("`{0}` is not an absolute URL")]
    NotAUrl(String),
    /// Plain HTTP outside the own machine would put access tokens on the wire in clear.
    #[error("`{0}` must use https; http is for localhost, 127.0.0.1 and [::1] only")]
    NotHttps(String),
    /// The part named may not occur in a resource identifier.
    #[error("`{0}` must not have {1}")]
    Superfluous(String, &'static str),
}

impl Resource {
    /// Reads an identifier, keeping it exactly as it is written.
    ///
    /// # Errors
    ///
    /// Names what keeps the string from being the identifier of a protected MCP server.
    pub fn parse(identifier: &str) -> Result<Self, ResourceError> {
        let given = || identifier.to_owned();
        let not_a_url = || ResourceError::NotAUrl(given());
        let url = Url::parse(identifier).map_err(|_| not_a_url())?;
        if !identifier.bytes().all(is_url_byte) || url.host_str().is_none() {
            return Err(not_a_url());
        }
        if !is_https_or_loopback(&url) {
            return Err(ResourceError::NotHttps(given()));
        }
        let (_, after_scheme) = identifier.split_once("://").ok_or_else(not_a_url)?;
        for (part, found) in [
            ("a fragment", identifier.contains('#')),
            ("a query", identifier.contains('?')),
            ("user information", after_scheme.contains('@')),
            ("a trailing slash", identifier.ends_with('/')),
            ("dot segments", after_scheme.split('/').any(|segment| matches!(segment, "." | ".."))),
        ] {
            if found {
                return Err(ResourceError::Superfluous(given(), part));
            }
        }
        let path_length = after_scheme.find('/').map_or(0, |at| after_scheme.len() - at);
        Ok(Self { identifier: given(), origin_length: identifier.len() - path_length })
    }

    /// The identifier, byte for byte as configured.
    pub fn as_str(&self) -> &str {
        &self.identifier
    }

    /// `scheme://authority` as written in the identifier.
    pub fn origin(&self) -> &str {
        &self.identifier[..self.origin_length]
    }

    /// Host and, if written, port.
    pub fn authority(&self) -> &str {
        self.origin().split_once("://").map_or("", |(_, authority)| authority)
    }

    /// The path of the MCP endpoint; `/` when the identifier is an origin.
    pub fn endpoint_path(&self) -> &str {
        match &self.identifier[self.origin_length..] {
            "" => "/",
            path => path,
        }
    }

    /// The path of the metadata document: the well-known segment, then the path of the resource (RFC 9728 section 3.1).
    pub fn metadata_path(&self) -> String {
        format!("{WELL_KNOWN}{}", &self.identifier[self.origin_length..])
    }

    /// The absolute address of the metadata document.
    pub fn metadata_url(&self) -> String {
        format!("{}{}", self.origin(), self.metadata_path())
    }

    /// Whether an audience value names this resource.
    ///
    /// Equality is by byte, except that scheme and host compare without regard to case, which MCP asks for
    /// ("SHOULD accept uppercase scheme and host") and RFC 3986 section 6.2.2.1 calls equivalent. Nothing else is
    /// normalised: not a port, not a trailing slash, not percent-encoding.
    pub fn is_named_by(&self, audience: &str) -> bool {
        audience.len() == self.identifier.len()
            && audience.is_char_boundary(self.origin_length)
            && audience[..self.origin_length].eq_ignore_ascii_case(self.origin())
            && audience[self.origin_length..] == self.identifier[self.origin_length..]
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.identifier)
    }
}

impl fmt::Debug for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.identifier, f)
    }
}

/// Whether tokens and keys may travel to or from this address: over TLS, or inside the machine.
pub(crate) fn is_https_or_loopback(url: &Url) -> bool {
    match url.scheme() {
        "https" => true,
        "http" => is_loopback(url),
        _ => false,
    }
}

/// Whether the host of the address is this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The characters of RFC 3986, which leave out quotes, backslash, braces and everything outside ASCII.
fn is_url_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte)
}
