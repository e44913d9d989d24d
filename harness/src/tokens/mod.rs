//! Where tokens come from.
//!
//! An [`Authority`] issues what a scenario asks for by name, or says why it cannot; a scenario that stands on a token
//! that cannot be had is inconclusive with that reason, never silently green. Knows OAuth and tokens, and nothing of
//! MCP, cucumber or verdicts. Only `cognito` knows the AWS SDK.
//!
//! Known to `issuer`, `bench`, `world`, `rules`, `setup` and `cli`.

pub mod dpop;
mod external;
pub mod forge;
pub(crate) mod issued;
mod key_ring;
mod name;
pub(crate) mod pool;

pub use external::{ExternalAuthority, Machine, Published, Source};
pub use key_ring::{KeyRing, PublishedKey};
pub use name::UnknownToken;
pub(crate) use name::{forgery, known, known_forgery, token};
pub use pool::PoolAuthority;

use crate::token_name::{ForgeryName, TokenName};
use forge::ForgeryDetails;
use futures::future::BoxFuture;
use secrecy::SecretString;

/// A token as issued or forged, with the name under which it was asked for.
#[derive(Clone, Debug)]
pub struct Token {
    /// The name.
    pub name: TokenName,
    /// The token itself, which may be no JWT at all.
    pub raw: SecretString,
}

/// Why no authority issues the tokens of a proxy.
pub(crate) const OF_PROXY: &str = "the server under judgement issues it itself";

/// Why a token cannot be had here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Cannot {
    /// The authority refuses or is unable to issue it.
    #[error("{name} cannot be had here: {reason}")]
    Issue {
        /// The token that was asked for, in the words of reports.
        name: String,
        /// What stands in the way.
        reason: String,
    },
    /// There is no such token where tokens are made as they are here, so what it would show does not apply.
    #[error("{name} does not exist here: {reason}")]
    Inapplicable {
        /// The token that was asked for, in the words of reports.
        name: String,
        /// Why there is none.
        reason: String,
    },
}

impl Cannot {
    /// What stands in the way, without the name of the token.
    #[must_use]
    pub fn reason(&self) -> String {
        match self {
            Self::Issue { reason, .. } | Self::Inapplicable { reason, .. } => reason.clone(),
        }
    }

    /// That the authority does not issue it, and why.
    pub(crate) fn issue(name: &TokenName, reason: impl Into<String>) -> Self {
        Self::Issue { name: name.to_string(), reason: reason.into() }
    }

    /// That there is none here, and why.
    pub(crate) fn inapplicable(name: &TokenName, reason: impl Into<String>) -> Self {
        Self::Inapplicable { name: name.to_string(), reason: reason.into() }
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
    fn issue<'a>(&'a self, name: &'a TokenName) -> BoxFuture<'a, Result<Token, Cannot>>;

    /// Makes this forgery for one scenario, another one each time.
    fn forge_anew(&self, forgery: ForgeryName, particulars: ForgeryDetails) -> BoxFuture<'_, Result<Token, Cannot>>;
}
