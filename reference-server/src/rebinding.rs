//! Protection against DNS rebinding and foreign web pages: `Host` and `Origin` (MCP transports, "Security Warning").
//!
//! `Host` is checked on every path, before credentials are looked at: a request for another host was never meant for
//! this server. `Origin` is checked on the MCP endpoint only; the metadata is public for every web page. A request
//! without `Origin` does not come from a web page's script and passes.

use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, Uri, uri::Authority};
use url::Url;

/// A host name or address with or without a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    name: String,
    port: Option<u16>,
}

impl Host {
    /// Reads `host` or `host:port`; an IPv6 address stands in brackets. `None` when it is neither.
    pub fn parse(text: &str) -> Option<Self> {
        let authority = Authority::try_from(text).ok()?;
        if text.contains('@') || authority.host().is_empty() {
            return None;
        }
        Some(Self { name: authority.host().to_ascii_lowercase(), port: authority.port_u16() })
    }

    /// Whether this entry of an allow list lets a host through; without a port it stands for all ports.
    fn allows(&self, host: &Self) -> bool {
        self.name == host.name && (self.port.is_none() || self.port == host.port)
    }
}

/// The origin of a web page as browsers send it: scheme, host, and a port that is not the default one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(url::Origin);

impl Origin {
    /// Reads an origin without path. `None` for `null` and everything that is no origin.
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let bare = url.path() == "/" && !text.ends_with('/') && url.query().is_none() && url.fragment().is_none();
        let origin = url.origin();
        (bare && url.username().is_empty() && origin.is_tuple()).then_some(Self(origin))
    }
}

/// Why a request is refused before anything else of it is looked at; answered with 403.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Foreign {
    /// The request names a host that this server does not serve, names none, or names several.
    #[error("The Host header field does not name this server")]
    Host,
    /// A web page of another origin sent the request.
    #[error("Requests from this Origin are not allowed")]
    Origin,
}

/// Which hosts and origins the server lets through.
#[derive(Debug, Clone)]
pub struct Allowed {
    hosts: Vec<Host>,
    origins: Vec<Origin>,
}

impl Allowed {
    /// Reads the lists of a configuration. An entry that cannot be read lets nothing through.
    pub fn new<'a>(hosts: impl IntoIterator<Item = &'a str>, origins: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            hosts: hosts.into_iter().filter_map(Host::parse).collect(),
            origins: origins.into_iter().filter_map(Origin::parse).collect(),
        }
    }

    /// Checks to whom the request is addressed, in the header field and, where it stands there too, in the target.
    ///
    /// # Errors
    ///
    /// [`Foreign::Host`] when it is not this server.
    pub fn check_host(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Foreign> {
        let mut values = headers.get_all(HOST).iter();
        let named = values.next().and_then(|value| value.to_str().ok());
        let named = named.or(uri.authority().map(Authority::as_str));
        let known = |text: &str| Host::parse(text).is_some_and(|host| self.hosts.iter().any(|own| own.allows(&host)));
        let target_is_known = uri.authority().is_none_or(|authority| known(authority.as_str()));
        if values.next().is_none() && named.is_some_and(known) && target_is_known { Ok(()) } else { Err(Foreign::Host) }
    }

    /// Checks from which web page the request comes.
    ///
    /// # Errors
    ///
    /// [`Foreign::Origin`] when the request has an `Origin` that is not allowed, or several.
    pub fn check_origin(&self, headers: &HeaderMap) -> Result<(), Foreign> {
        let mut values = headers.get_all(ORIGIN).iter();
        let Some(value) = values.next() else { return Ok(()) };
        let origin = value.to_str().ok().and_then(Origin::parse);
        let allowed = origin.is_some_and(|origin| self.origins.contains(&origin));
        if values.next().is_none() && allowed { Ok(()) } else { Err(Foreign::Origin) }
    }
}
