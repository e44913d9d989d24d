//! Tokens that are JWTs (RFC 7515, RFC 7519, RFC 8725, RFC 9068).

mod evidence;
pub(crate) mod judge;
pub(super) mod mutants;
pub(super) mod second;
pub(super) mod steps;
