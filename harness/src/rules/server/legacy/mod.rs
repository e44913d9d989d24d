//! The server as its own authorization server, as revision 2025-03-26 has it.

mod evidence;
mod judge;
pub(super) mod mutants;
mod steps;
