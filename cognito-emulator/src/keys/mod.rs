//! The keys a pool signs with: public test keys, ready at once, one per token use.
//!
//! - [`fixture`]: the keys in the source tree, parsed;
//! - [`ring`]: which of them a pool uses now, used before, and how it moves on.

mod fixture;
mod ring;

pub use fixture::{KeyError, PublicJwk};
pub use ring::{SigningKey, TokenUse};

pub(crate) use fixture::FixtureKeys;
pub(crate) use ring::PoolKeys;
