//! The token endpoint: a code is redeemed once, with the verifier that belongs to it (OAuth 2.1 sections 3.2 and 4.1.3).

mod evidence;
mod judge;
pub(super) mod mutants;
mod steps;
