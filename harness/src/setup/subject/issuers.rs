//! The issuers that the bench plays for a server that a command starts.

use super::without_token::SeenWithoutToken;
use crate::issuer::{Issuer, OidcAuthority, Recipient};
use std::sync::Arc;

/// The issuers that are played for a command.
pub(super) struct Issuers {
    pub(super) first: Arc<Issuer>,
    pub(super) second: Arc<Issuer>,
}

impl Issuers {
    /// Tokens for a server that trusts those of the issuers that its metadata names.
    pub(super) fn authority(&self, recipient: Recipient, outside: &SeenWithoutToken) -> OidcAuthority {
        let names = |issuer: &Issuer| outside.issuers.iter().any(|named| named == issuer.identifier());
        let authority = OidcAuthority::new(Arc::clone(&self.first), recipient);
        let both = names(&self.first) && names(&self.second);
        if both { authority.beside(Arc::clone(&self.second)) } else { authority }
    }
}
