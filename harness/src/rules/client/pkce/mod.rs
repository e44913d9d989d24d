//! Proof that the client that redeems a code is the one that asked for it (RFC 7636).

mod judge;
mod mutants;

pub(super) use judge::ASSERTIONS;
pub(super) use mutants::MUTANTS;
