//! A token on its way to the server.

pub(crate) mod judge;
pub(super) mod mutants;
pub(super) mod second;
