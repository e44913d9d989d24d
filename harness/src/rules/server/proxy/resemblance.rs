//! Redirect URIs that look like a registered one and are others.

/// How a redirect URI differs from the registered one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resemblance {
    SlashAtEnd,
    FurtherSegment,
    Query,
    Fragment,
    UpperCasePath,
    UpperCaseHost,
    DotSegments,
    OtherPort,
    OtherScheme,
    UserInformation,
    Subdomain,
    HostThatBeginsAlike,
    OtherHost,
}

impl Resemblance {
    /// The one that the feature files call so.
    pub(super) fn named(words: &str) -> Option<Self> {
        Some(match words {
            "with a slash at its end" => Self::SlashAtEnd,
            "with a further path segment" => Self::FurtherSegment,
            "with a query" => Self::Query,
            "with a fragment" => Self::Fragment,
            "with its path in upper case" => Self::UpperCasePath,
            "with its host in upper case" => Self::UpperCaseHost,
            "with a detour by dot segments" => Self::DotSegments,
            "with another port" => Self::OtherPort,
            "with the other scheme" => Self::OtherScheme,
            "with user information" => Self::UserInformation,
            "at a subdomain" => Self::Subdomain,
            "at a host that begins alike" => Self::HostThatBeginsAlike,
            "at a host of an attacker" => Self::OtherHost,
            _ => return None,
        })
    }

    /// The redirect URI that differs so from `registered`; none when that has no path.
    pub(super) fn of(self, registered: &str) -> Option<String> {
        let (before, host) = registered.split_once("://")?;
        let (host, path) = host.split_once('/')?;
        Some(match self {
            Self::SlashAtEnd => format!("{registered}/"),
            Self::FurtherSegment => format!("{registered}/more"),
            Self::Query => format!("{registered}?more=1"),
            Self::Fragment => format!("{registered}#more"),
            Self::UpperCasePath => format!("{before}://{host}/{}", path.to_uppercase()),
            Self::UpperCaseHost => format!("{before}://{}/{path}", host.to_uppercase()),
            Self::DotSegments => format!("{before}://{host}/more/../{path}"),
            Self::OtherPort => format!("{before}://{host}:8443/{path}"),
            Self::OtherScheme => format!("http://{host}/{path}"),
            Self::UserInformation => format!("{before}://user@{host}/{path}"),
            Self::Subdomain => format!("{before}://more.{host}/{path}"),
            Self::HostThatBeginsAlike => format!("{before}://{host}.evil.example/{path}"),
            Self::OtherHost => format!("{before}://evil.example/{path}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("with another port", Some("https://client.example:8443/callback"))]
    #[case("at a subdomain", Some("https://more.client.example/callback"))]
    #[case("at a host of an attacker", Some("https://evil.example/callback"))]
    #[case("with nothing of the kind", None)]
    fn what_resembles_a_redirect_uri_is_another_one(#[case] words: &str, #[case] expected: Option<&str>) {
        let other = Resemblance::named(words).and_then(|resemblance| resemblance.of("https://client.example/callback"));
        assert_eq!(other.as_deref(), expected);
    }
}
