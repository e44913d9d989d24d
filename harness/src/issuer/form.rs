//! The forms that issuer identifiers have in the wild, and where each publishes its metadata.

/// The form of an issuer identifier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IssuerForm {
    /// Nothing behind the origin.
    #[default]
    Bare,
    /// A path behind the origin, as with tenants or user pools.
    Path,
    /// The origin and a slash.
    TrailingSlash,
}

impl IssuerForm {
    /// The issuer identifier at `origin`.
    #[must_use]
    pub fn at(self, origin: &str) -> String {
        match self {
            Self::Bare => origin.to_owned(),
            Self::Path => format!("{origin}/tenant"),
            Self::TrailingSlash => format!("{origin}/"),
        }
    }

    /// The paths at which RFC 8414 §3.1, OpenID Connect Discovery §4 and the clients that mix the two up look for the
    /// metadata.
    #[must_use]
    pub fn metadata_paths(self) -> Vec<&'static str> {
        match self {
            Self::Bare | Self::TrailingSlash => {
                vec!["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"]
            }
            Self::Path => vec![
                "/.well-known/oauth-authorization-server/tenant",
                "/.well-known/openid-configuration/tenant",
                "/tenant/.well-known/openid-configuration",
                "/tenant/.well-known/oauth-authorization-server",
            ],
        }
    }
}
