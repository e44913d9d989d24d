//! How a server refuses: 401 and 403, and the challenge in them (RFC 6750 section 3, RFC 9728 section 5.1).

mod detour;
mod evidence;
pub(crate) mod judge;
pub(super) mod mutants;
mod purpose;
pub(super) mod steps;
