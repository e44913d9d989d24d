//! Proof that whoever redeems a code is who asked for it (RFC 7636).

mod judge;
mod mutants;

pub(super) use judge::ASSERTIONS;
pub(super) use mutants::MUTANTS;
