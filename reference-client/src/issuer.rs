//! The identifier of an authorization server. What an authorization server hands out is kept under its issuer, so two
//! issuers are the same only if they are equal code point by code point: nothing is normalized (RFC 8414 section 3.3).

use std::{fmt, str::FromStr};

use url::Url;

use crate::{
    reach::{Reach, UrlRefusal},
    text::escaped,
};

/// The identifier of an authorization server, as it was written.
///
/// Documents may name whatever they like; what comes out of a configuration is checked by [`FromStr`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Issuer(String);

/// Why a configured text is no issuer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IssuerError {
    /// Not a URL that may be contacted.
    #[error("the issuer cannot be used: {0}")]
    Url(#[from] UrlRefusal),
    /// RFC 8414 section 2.
    #[error("an issuer has neither a query nor a fragment (RFC 8414 section 2)")]
    Excess,
}

impl Issuer {
    /// Takes the identifier as a document has it.
    pub(crate) fn new(identifier: &str) -> Self {
        Self(identifier.to_owned())
    }

    /// The identifier.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Issuer {
    type Err = IssuerError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let given = text.trim();
        let url = Url::parse(given).map_err(|_| UrlRefusal::NotAUrl { what: "it" })?;
        Reach::of(&url).check(&url)?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err(IssuerError::Excess);
        }
        Ok(Self::new(given))
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&escaped(&self.0))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::user_pool("https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI")]
    #[case::slash("https://as.example/")]
    #[case::upper_case("HTTPS://AS.example/Tenant%2F1")]
    #[case::loopback("http://127.0.0.1:9229/us-east-1_xv5vAS0vP")]
    fn keeps_a_configured_issuer_as_it_is_written(#[case] text: &str) {
        assert_eq!(text.parse::<Issuer>().unwrap().as_str(), text);
    }

    #[rstest]
    #[case::no_url("as.example")]
    #[case::empty("")]
    #[case::plain_http("http://as.example")]
    #[case::other_scheme("ftp://as.example")]
    #[case::user_information("https://user:password@as.example")]
    #[case::query("https://as.example/?tenant=1")]
    #[case::empty_query("https://as.example/?")]
    #[case::fragment("https://as.example/#part")]
    fn refuses_a_configured_issuer(#[case] text: &str) {
        let error = text.parse::<Issuer>().unwrap_err();

        assert!(!error.to_string().contains("password"), "{error}");
    }

    #[test]
    fn issuers_that_differ_are_shown_differently() {
        let latin = Issuer::new("https://as.example");
        let cyrillic = Issuer::new("https://\u{430}s.example");

        assert_eq!(cyrillic.to_string(), r"https://\u{430}s.example");
        assert_ne!(latin.to_string(), cyrillic.to_string());
    }
}
