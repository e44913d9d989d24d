//! A client that is refused for want of a token gets one.

mod judge;
mod mutants;

pub(super) use judge::ASSERTIONS;
pub(super) use mutants::MUTANTS;
