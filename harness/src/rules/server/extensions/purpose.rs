//! What requests about extensions are for.

use crate::rules::server::common::words::worded;
use crate::tokens::dpop::Proof;
use crate::wire::purpose;
use std::fmt;

worded! {
    /// The extensions that a client says it has.
    ClientExtensions {
        /// None at all.
        None = "no extensions",
        /// One that the server cannot know.
        Unknown = "an extension nobody knows",
    }
}

/// To see how a client that says it has these extensions is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Having(pub(super) ClientExtensions);
purpose!(Having);

impl fmt::Display for Having {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "with {}", self.0)
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
