//! Which URLs the client may contact or open: the rules of the MCP security best practices about URLs.
//!
//! Only names and literal addresses are looked at; where a name resolves to is not.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Why a URL is neither fetched nor opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlRefusal {
    /// Not a URL at all.
    #[error("{what} is not an absolute URL")]
    NotAUrl {
        /// The thing that should have been a URL.
        what: &'static str,
    },
    /// Some other scheme, or plain http to a host that is not this machine.
    #[error("{url} is neither https nor http on a loopback host")]
    Scheme {
        /// The URL, without user information.
        url: String,
    },
    /// User name or password in the URL.
    #[error("{url} carries user information")]
    UserInformation {
        /// The URL, without user information.
        url: String,
    },
    /// A loopback or private address, named by a server that is not itself on one.
    #[error("{url} is a local or private address, but the MCP server is not local")]
    Private {
        /// The URL.
        url: String,
    },
}

/// How far URLs that come from documents may reach, given where the MCP server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reach {
    local: bool,
}

impl Reach {
    /// A server on a local or private address may name others; a public one may not, or it could use the client to
    /// knock at doors behind its firewall.
    pub(crate) fn of(server: &Url) -> Self {
        Self { local: is_local(server) }
    }

    /// Accepts https anywhere within reach, and http on loopback.
    pub(crate) fn check(self, url: &Url) -> Result<(), UrlRefusal> {
        if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(url)) {
            return Err(UrlRefusal::Scheme { url: shown(url) });
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(UrlRefusal::UserInformation { url: shown(url) });
        }
        if !self.local && is_local(url) {
            return Err(UrlRefusal::Private { url: shown(url) });
        }
        Ok(())
    }

    /// Parses and checks; `what` names the member or parameter in the error.
    pub(crate) fn parse(self, what: &'static str, text: &str) -> Result<Url, UrlRefusal> {
        let url = Url::parse(text).map_err(|_| UrlRefusal::NotAUrl { what })?;
        self.check(&url)?;
        Ok(url)
    }
}

/// A URL as it may be shown: no user information, no query, no fragment.
pub(crate) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    // Both fail only for URLs that cannot have user information.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.to_string()
}

pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => is_localhost(name),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn is_localhost(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name == "localhost" || name.ends_with(".localhost")
}

fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => is_localhost(name),
        Some(Host::Ipv4(address)) => is_local_address(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => is_local_address(IpAddr::V6(address)),
        None => true,
    }
}

fn is_local_address(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => is_local_v4(v4),
        IpAddr::V6(v6) => is_local_v6(v6),
    }
}

fn is_local_v4(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    let carrier_grade_nat = first == 100 && (64..128).contains(&second);
    address.is_loopback() || address.is_private() || address.is_link_local() || first == 0 || carrier_grade_nat
}

fn is_local_v6(address: Ipv6Addr) -> bool {
    address.is_loopback() || address.is_unspecified() || address.is_unique_local() || address.is_unicast_link_local()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use rstest::rstest;

    use super::*;

    fn check(server: &str, url: &str) -> Result<Url, UrlRefusal> {
        Reach::of(&Url::parse(server).unwrap()).parse("the URL", url)
    }

    #[rstest]
    #[case::public("https://as.example/x", true)]
    #[case::public_address("https://93.184.216.34/x", true)]
    #[case::plain_http("http://as.example/x", false)]
    #[case::loopback("http://localhost/x", false)]
    #[case::loopback_with_tls("https://127.0.0.1/x", false)]
    #[case::loopback_as_number("https://2130706433/x", false)]
    #[case::loopback_v6("https://[::1]/x", false)]
    #[case::mapped("https://[::ffff:10.0.0.1]/x", false)]
    #[case::private("https://192.168.0.1/x", false)]
    #[case::metadata_service("https://169.254.169.254/x", false)]
    #[case::unspecified("https://0.0.0.0/x", false)]
    #[case::unique_local("https://[fd00::1]/x", false)]
    #[case::trailing_dot("https://localhost./x", false)]
    fn what_a_public_server_may_name(#[case] url: &str, #[case] allowed: bool) {
        assert_eq!(check("https://rs.example/mcp", url).is_ok(), allowed);
    }

    #[rstest]
    #[case::public("https://as.example/x", true)]
    #[case::loopback("http://localhost:9/x", true)]
    #[case::private("https://192.168.0.1/x", true)]
    #[case::plain_http_in_the_house("http://192.168.0.1/x", false)]
    #[case::script("javascript:alert(1)", false)]
    fn what_a_server_on_this_machine_may_name(#[case] url: &str, #[case] allowed: bool) {
        assert_eq!(check("http://localhost:8001/mcp", url).is_ok(), allowed);
    }

    #[test]
    fn shows_neither_user_information_nor_query() {
        let url = Url::parse("https://user:password@as.example/x?code=secret#part").unwrap();

        assert_eq!(shown(&url), "https://as.example/x");
    }
}
