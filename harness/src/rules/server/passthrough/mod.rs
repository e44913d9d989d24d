//! Tokens that must not be passed on, and what must not be elicited.

mod elicitation;
pub(crate) mod judge;
pub(super) mod mutants;
pub(super) mod second;
pub(super) mod steps;
