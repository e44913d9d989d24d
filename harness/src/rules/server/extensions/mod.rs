//! Extensions of the client, and tokens of machines.

pub(super) mod mutants;
pub(super) mod steps;
