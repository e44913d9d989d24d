//! Where tokens come from.
//!
//! An [`Authority`] issues what a scenario asks for by name, or says why it cannot; a scenario that stands on a token
//! that cannot be had is inconclusive with that reason, never silently green. Knows OAuth and tokens, and nothing of
//! MCP, cucumber or verdicts. Only `cognito` knows the AWS SDK.

pub mod dpop;
pub mod forge;
pub(crate) mod issued;
mod key_ring;
mod outside;
pub(crate) mod pool;

pub use key_ring::{KeyRing, PublishedKey};
pub use outside::{Machine, OutsideAuthority, Published, Source};
pub use pool::PoolAuthority;

use forge::Particulars;
use futures::future::BoxFuture;
use secrecy::SecretString;

/// The name of the token that every positive control stands on.
pub const VALID: &str = "a valid token";
/// The name of a token that is as good, of somebody else.
pub const OTHER_USER: &str = "a valid token of another user";

/// A token as issued or forged, with the name under which it was asked for.
#[derive(Clone, Debug)]
pub struct Token {
    /// The name in the words of the feature files, such as `a valid token`.
    pub name: String,
    /// The token itself, which may be no JWT at all.
    pub raw: SecretString,
}

/// Why a token cannot be had here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Cannot {
    /// The authority refuses or is unable to issue it.
    #[error("{name} cannot be had here: {reason}")]
    Issue {
        /// The token that was asked for.
        name: String,
        /// What stands in the way.
        reason: String,
    },
    /// There is no such token where tokens are made as they are here, so what it would show does not apply.
    #[error("{name} does not exist here: {reason}")]
    Inapplicable {
        /// The token that was asked for.
        name: String,
        /// Why there is none.
        reason: String,
    },
    /// No such token is known.
    #[error("`{0}` names no token; see features/README.md for the names")]
    Unknown(String),
}

impl Cannot {
    /// What stands in the way, without the name of the token.
    #[must_use]
    pub fn reason(&self) -> String {
        match self {
            Self::Issue { reason, .. } | Self::Inapplicable { reason, .. } => reason.clone(),
            Self::Unknown(_) => self.to_string(),
        }
    }
}

/// A source of tokens for one subject.
pub trait Authority: Send + Sync {
    /// The issuer identifier.
    fn issuer(&self) -> &str;

    /// The client identifier under which tokens are issued.
    fn client_id(&self) -> &str;

    /// What it is, for reports: `embedded emulator`, `Amazon Cognito in eu-west-1`.
    fn describe(&self) -> String;

    /// Issues the token with this name; the same one each time.
    fn issue<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Token, Cannot>>;

    /// Makes the token with this name for one scenario, another one each time.
    fn tailor<'a>(&'a self, name: &'a str, particulars: Particulars) -> BoxFuture<'a, Result<Token, Cannot>>;
}
