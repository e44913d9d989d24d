//! Rules for authorization servers.

mod login;
mod mutants;
mod steps;

pub(super) use mutants::MUTANTS;
