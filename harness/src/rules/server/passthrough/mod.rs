//! Tokens that must not be passed on, and what must not be elicited.

mod evidence;
mod judge;
pub(super) mod mutants;
mod purpose;
mod steps;
