//! The authorization endpoint: who gets a code, and how the browser comes back (OAuth 2.1 sections 3.1 and 4.1).

mod evidence;
mod judge;
pub(super) mod mutants;
mod steps;
