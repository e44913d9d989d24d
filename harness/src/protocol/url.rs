//! URLs as RFC 9728 and RFC 8707 use them: compared code point by code point, never normalized.

use url::Url;

/// The two places at which RFC 9728 §3.1 and MCP let protected resource metadata stand for `endpoint`: with the path
/// of the endpoint behind the well-known part, and at the root.
#[must_use]
pub fn well_known_metadata(endpoint: &str) -> Option<(String, String)> {
    let (origin, path) = split_origin(endpoint)?;
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let root = format!("{origin}/.well-known/oauth-protected-resource");
    let suffixed = if path.is_empty() || path == "/" { root.clone() } else { format!("{root}{path}") };
    Some((suffixed, root))
}

/// The scheme, host and port of a URL as they are written.
#[must_use]
pub fn origin_of(url: &str) -> Option<&str> {
    split_origin(url).map(|(origin, _)| origin)
}

fn split_origin(url: &str) -> Option<(&str, &str)> {
    let authority = url.find("://")? + 3;
    let end = url[authority..].find(['/', '?', '#']).map_or(url.len(), |at| authority + at);
    (end > authority).then(|| url.split_at(end))
}

/// Why `text` is no resource identifier: an absolute https URL without fragment (RFC 9728 §1.2); http only on the
/// loopback of a test installation.
#[must_use]
pub fn resource_identifier_flaw(text: &str) -> Option<String> {
    let Ok(url) = Url::parse(text) else { return Some("it is no absolute URL".to_owned()) };
    if url.fragment().is_some() {
        return Some("it has a fragment".to_owned());
    }
    match url.scheme() {
        _ if url.host().is_none() => Some("it has no host".to_owned()),
        "https" => None,
        "http" if is_loopback(&url) => None,
        scheme => Some(format!("its scheme is {scheme}")),
    }
}

/// Whether two URLs are the same to the letter, but for the slash that stands for an empty path: a request to either goes
/// to the same target (RFC 9110 section 4.2.3).
#[must_use]
pub fn is_same(one: &str, other: &str) -> bool {
    let bare = |text: &str| match split_origin(text) {
        Some((origin, "/")) => origin.to_owned(),
        _ => text.to_owned(),
    };
    bare(one) == bare(other)
}

/// Why `text`, named by the server at `endpoint`, is no URL that a client elsewhere can fetch: it is relative, has another
/// scheme, or leads from a server elsewhere to the client's own machine.
#[must_use]
pub fn unfetchable(text: &str, endpoint: &str) -> Option<String> {
    let url = match Url::parse(text) {
        Ok(url) => url,
        Err(url::ParseError::RelativeUrlWithoutBase) => return Some("it is relative, and no absolute URL".to_owned()),
        Err(error) => return Some(format!("it is no URL: {error}")),
    };
    if !matches!(url.scheme(), "http" | "https") {
        return Some(format!("its scheme is {}", url.scheme()));
    }
    let elsewhere = Url::parse(endpoint).is_ok_and(|endpoint| !is_loopback(&endpoint));
    (elsewhere && is_loopback(&url)).then(|| "it leads each client to its own machine".to_owned())
}

/// Whether the host is one of this machine's loopback names.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// Whether a URL that the server at `endpoint` names may be fetched: http or https, and no way for a server elsewhere to
/// send the harness into this machine or the network it stands in (MCP security best practices, SSRF). Names are taken as
/// they are; what they resolve to is not looked at.
#[must_use]
pub fn is_safe_to_follow(url: &str, endpoint: &str) -> bool {
    let (Ok(url), Ok(endpoint)) = (Url::parse(url), Url::parse(endpoint)) else { return false };
    let reach = Reach::of(&url);
    let near_enough = reach != Reach::Never && reach >= Reach::of(&endpoint);
    matches!(url.scheme(), "http" | "https") && (near_enough || url.host() == endpoint.host())
}

/// From how far away a host can be reached; the nearer, the less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// An address that nobody has a reason to name: link-local, unspecified, multicast.
    Never,
    /// This machine.
    Loopback,
    /// The network around it.
    Private,
    /// The Internet.
    Public,
}

impl Reach {
    fn of(url: &Url) -> Self {
        match url.host() {
            _ if is_loopback(url) => Self::Loopback,
            Some(url::Host::Ipv4(ip)) => Self::of_v4(ip),
            Some(url::Host::Ipv6(ip)) => match ip.to_ipv4_mapped() {
                Some(ip) if ip.is_loopback() => Self::Loopback,
                Some(ip) => Self::of_v4(ip),
                None if ip.is_unspecified() || ip.is_multicast() || ip.is_unicast_link_local() => Self::Never,
                None if ip.is_unique_local() => Self::Private,
                None => Self::Public,
            },
            Some(url::Host::Domain(_)) => Self::Public,
            None => Self::Never,
        }
    }

    fn of_v4(ip: std::net::Ipv4Addr) -> Self {
        let shared = ip.octets()[0] == 100 && ip.octets()[1] & 0xc0 == 64;
        if ip.is_unspecified() || ip.is_link_local() || ip.is_multicast() || ip.is_broadcast() {
            Self::Never
        } else if ip.is_private() || shared {
            Self::Private
        } else {
            Self::Public
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("http://localhost:80/mcp", "http://localhost:80/.well-known/oauth-protected-resource/mcp")]
    #[case("https://h/a/b?x=1", "https://h/.well-known/oauth-protected-resource/a/b")]
    #[case("https://h", "https://h/.well-known/oauth-protected-resource")]
    #[case("https://h/", "https://h/.well-known/oauth-protected-resource")]
    fn the_path_of_the_endpoint_is_appended_as_written(#[case] endpoint: &str, #[case] expected: &str) {
        assert_eq!(well_known_metadata(endpoint).map(|(suffixed, _)| suffixed).as_deref(), Some(expected));
    }

    #[rstest]
    #[case("https://mcp.example/mcp", None)]
    #[case("http://localhost:1/mcp", None)]
    #[case("http://127.0.0.1:1/mcp", None)]
    #[case("http://mcp.example/mcp", Some("its scheme is http"))]
    #[case("https://mcp.example/mcp#a", Some("it has a fragment"))]
    #[case("/mcp", Some("it is no absolute URL"))]
    #[case("mcp:thing", Some("it has no host"))]
    fn a_resource_identifier_is_an_absolute_https_url(#[case] text: &str, #[case] flaw: Option<&str>) {
        assert_eq!(resource_identifier_flaw(text).as_deref(), flaw);
    }

    #[rstest]
    #[case("https://h", "https://h/", true)]
    #[case("https://h/mcp", "https://h/mcp/", false)]
    #[case("https://h", "https://H/", false)]
    fn an_empty_path_is_the_path_of_the_root(#[case] one: &str, #[case] other: &str, #[case] same: bool) {
        assert_eq!(is_same(one, other), same);
    }

    #[rstest]
    #[case("/x", "https://h/mcp", Some("it is relative, and no absolute URL"))]
    #[case("ftp://h/x", "https://h/mcp", Some("its scheme is ftp"))]
    #[case("http://localhost:3000/x", "https://h/mcp", Some("it leads each client to its own machine"))]
    #[case("http://localhost:3000/x", "http://127.0.0.1:3000/mcp", None)]
    #[case("https://h/x", "https://h/mcp", None)]
    fn not_every_text_can_be_fetched(#[case] text: &str, #[case] endpoint: &str, #[case] expected: Option<&str>) {
        assert_eq!(unfetchable(text, endpoint).as_deref(), expected);
    }

    #[rstest]
    #[case("http://localhost:2/x", "http://localhost:1/mcp", true)]
    #[case("http://127.0.0.1:2/x", "http://localhost:1/mcp", true)]
    #[case("https://mcp.example/x", "http://localhost:1/mcp", true)]
    #[case("https://other.example/x", "https://mcp.example/mcp", true)]
    #[case("http://10.0.0.2/x", "http://10.0.0.1/mcp", true)]
    #[case("http://169.254.1.1/x", "http://169.254.1.1/mcp", true)]
    #[case("http://localhost:2/x", "https://mcp.example/mcp", false)]
    #[case("https://[::1]/x", "https://mcp.example/mcp", false)]
    #[case("https://[::ffff:127.0.0.1]/x", "https://mcp.example/mcp", false)]
    #[case("https://10.0.0.2/x", "https://mcp.example/mcp", false)]
    #[case("https://192.168.1.1/x", "https://mcp.example/mcp", false)]
    #[case("https://100.64.0.1/x", "https://mcp.example/mcp", false)]
    #[case("https://[fd00::1]/x", "https://mcp.example/mcp", false)]
    #[case("http://127.0.0.1/x", "http://10.0.0.1/mcp", false)]
    #[case("http://169.254.169.254/latest", "http://localhost:1/mcp", false)]
    #[case("http://0.0.0.0/x", "http://localhost:1/mcp", false)]
    #[case("file:///etc/passwd", "http://localhost:1/mcp", false)]
    #[case("/relative", "http://localhost:1/mcp", false)]
    fn a_server_elsewhere_cannot_send_the_harness_inwards(
        #[case] url: &str,
        #[case] endpoint: &str,
        #[case] safe: bool,
    ) {
        assert_eq!(is_safe_to_follow(url, endpoint), safe);
    }
}
