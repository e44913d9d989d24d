//! Protected resource metadata (RFC 9728), and what it leads to.

mod issuer;
pub(crate) mod judge;
pub(super) mod mutants;
mod outsider;
pub(super) mod steps;
