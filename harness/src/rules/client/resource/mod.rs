//! Tokens are asked for one resource (RFC 8707).

mod judge;
mod mutants;

pub(super) use judge::ASSERTIONS;
pub(super) use mutants::MUTANTS;
