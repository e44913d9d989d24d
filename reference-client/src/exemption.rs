//! Named exemptions: one issuer and one rule that this issuer is known not to keep. There is no exemption from a rule for
//! every issuer, and none that is not named in the configuration.

use std::{fmt, str::FromStr};

use crate::issuer::Issuer;

/// A rule an issuer can be exempted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// `pkce-metadata`: the metadata must list the PKCE methods (MCP 2025-11-25 and later). PKCE with S256 itself is never
    /// waived; an issuer whose metadata lists methods without S256 is refused all the same.
    PkceMetadata,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PkceMetadata => f.write_str("pkce-metadata"),
        }
    }
}

/// One issuer is exempted from one rule; written `ISSUER=pkce-metadata`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exemption {
    /// The issuer, compared exactly with the issuer of the metadata.
    pub issuer: Issuer,
    /// What it need not keep.
    pub rule: Rule,
}

/// Why a text is not an exemption.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExemptionError {
    /// No `=` between an issuer and a rule.
    #[error("an exemption is written ISSUER=pkce-metadata, not `{0}`")]
    Form(String),
    /// A rule nobody can be exempted from.
    #[error("there is no exemption from `{0}`; the only one is pkce-metadata")]
    UnknownRule(String),
}

impl FromStr for Exemption {
    type Err = ExemptionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // An issuer has no query, yet may contain `=` in its path: the rule is what follows the last one.
        let (issuer, rule) = text.trim().rsplit_once('=').ok_or_else(|| ExemptionError::Form(text.to_owned()))?;
        if issuer.is_empty() {
            return Err(ExemptionError::Form(text.to_owned()));
        }
        match rule {
            "pkce-metadata" => Ok(Self { issuer: Issuer::new(issuer), rule: Rule::PkceMetadata }),
            other => Err(ExemptionError::UnknownRule(other.to_owned())),
        }
    }
}

impl fmt::Display for Exemption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.issuer, self.rule)
    }
}
