//! The words of RFC 2119 by which a requirement binds.

use std::fmt;

/// How strongly a requirement binds at one revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Keyword {
    /// Reported only.
    May,
    /// A violation is a warning.
    ShouldNot,
    /// A violation is a warning.
    Should,
    /// A violation fails the run.
    MustNot,
    /// A violation fails the run.
    Must,
}

impl Keyword {
    /// All keywords with the names they have in tags.
    pub const ALL: [Self; 5] = [Self::Must, Self::MustNot, Self::Should, Self::ShouldNot, Self::May];

    /// The name in a tag: `must`, `must-not`, `should`, `should-not`, `may`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Must => "must",
            Self::MustNot => "must-not",
            Self::Should => "should",
            Self::ShouldNot => "should-not",
            Self::May => "may",
        }
    }

    /// The name in specifications and reports: `MUST`, `MUST NOT`, `SHOULD`, `SHOULD NOT`, `MAY`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Must => "MUST",
            Self::MustNot => "MUST NOT",
            Self::Should => "SHOULD",
            Self::ShouldNot => "SHOULD NOT",
            Self::May => "MAY",
        }
    }

    /// Whether breaking the requirement breaks conformance.
    #[must_use]
    pub const fn is_binding(self) -> bool {
        matches!(self, Self::Must | Self::MustNot)
    }
}

impl fmt::Display for Keyword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
