//! Where issuers are: the forms that their identifiers have in the wild, and where each publishes its metadata.

use std::fmt;

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
    pub fn metadata_paths(self) -> Vec<String> {
        match self {
            Self::Bare | Self::TrailingSlash => well_known("").collect(),
            Self::Path => {
                let mixed_up = "/tenant/.well-known/oauth-authorization-server".to_owned();
                well_known("/tenant").chain([mixed_up]).collect()
            }
        }
    }
}

/// The paths at which MCP has clients look for the metadata of an issuer with this path; those of an issuer without one
/// are two.
fn well_known(path: &str) -> impl Iterator<Item = String> + use<> {
    let inserted =
        ["oauth-authorization-server", "openid-configuration"].map(|suffix| format!("/.well-known/{suffix}{path}"));
    let appended = (!path.is_empty()).then(|| format!("{path}/.well-known/openid-configuration"));
    inserted.into_iter().chain(appended)
}

/// A place below the origin of a host that several issuers share: nothing, or a path such as `/tenant1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tenant(&'static str);

impl Tenant {
    /// The tenant at a path, which begins with a slash and does not end with one, or is empty.
    #[must_use]
    pub const fn at(path: &'static str) -> Self {
        Self(path)
    }

    /// Whether a path of the host belongs to the tenant.
    #[must_use]
    pub fn owns(self, path: &str) -> bool {
        let below = path.strip_prefix(self.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        below || self.metadata_paths().any(|known| known == path)
    }

    /// The paths of its metadata.
    pub fn metadata_paths(self) -> impl Iterator<Item = String> {
        well_known(self.0)
    }

    /// The path of one of its endpoints.
    #[must_use]
    pub fn path(self, endpoint: &str) -> String {
        format!("{self}{endpoint}")
    }
}

impl fmt::Display for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("/tenant1/authorize", true)]
    #[case("/tenant1", true)]
    #[case("/.well-known/oauth-authorization-server/tenant1", true)]
    #[case("/tenant1/.well-known/openid-configuration", true)]
    #[case("/tenant10/authorize", false)]
    #[case("/.well-known/oauth-authorization-server", false)]
    #[case("/authorize", false)]
    fn a_tenant_owns_what_is_below_it_and_its_metadata(#[case] path: &str, #[case] owned: bool) {
        assert_eq!(Tenant::at("/tenant1").owns(path), owned);
    }
}
