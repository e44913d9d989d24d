//! Extensions: those of the client, tokens by client credentials, and tokens bound to a key (DPoP, RFC 9449).

mod judge;
pub(super) mod mutants;
mod purpose;
pub(super) mod second;
mod steps;
