//! What requests about extensions are for.

use crate::tokens::dpop::Proof;
use crate::wire::purpose;
use std::fmt;
use std::str::FromStr;

/// The extensions that a client says it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClientExtensions {
    /// None at all.
    None,
    /// One that the server cannot know.
    Unknown,
}
purpose!(ClientExtensions);

/// Words that are no extensions of a client.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` are no extensions of a client")]
pub(super) struct UnknownExtensions(String);

impl ClientExtensions {
    /// The words of the feature files.
    const fn as_str(self) -> &'static str {
        match self {
            Self::None => "no extensions",
            Self::Unknown => "an extension nobody knows",
        }
    }
}

impl FromStr for ClientExtensions {
    type Err = UnknownExtensions;

    fn from_str(words: &str) -> Result<Self, Self::Err> {
        let found = [Self::None, Self::Unknown].into_iter().find(|extensions| extensions.as_str() == words);
        found.ok_or_else(|| UnknownExtensions(words.to_owned()))
    }
}

impl fmt::Display for ClientExtensions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "with {}", self.as_str())
    }
}

/// A client that acts for itself, without a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OfMachine;
purpose!(OfMachine);

impl fmt::Display for OfMachine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("of a machine")
    }
}

/// To see what is answered to a token that is bound to a key, with this proof beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WithProof(pub(super) Proof);
purpose!(WithProof);

impl fmt::Display for WithProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "with {}: tools/list", self.0)
    }
}
