//! Protected resource metadata (RFC 9728), and what it leads to.

mod evidence;
mod judge;
pub(super) mod mutants;
mod steps;
