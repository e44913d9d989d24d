//! Scopes and step-up (RFC 6750 section 3.1, MCP).

pub(crate) mod judge;
pub(super) mod mutants;
pub(super) mod purpose;
pub(super) mod second;
pub(super) mod steps;
