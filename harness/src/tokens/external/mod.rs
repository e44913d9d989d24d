//! Tokens for a server whose issuer belongs to somebody else: what a source of genuine tokens gives, and what anybody
//! could forge.

mod authority;
mod source;

pub use authority::{ExternalAuthority, Published};
pub use source::{Machine, Source};
