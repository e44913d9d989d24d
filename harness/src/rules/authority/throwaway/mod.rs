//! What a run creates outside this process, it removes.

mod evidence;
mod judge;
pub(super) mod mutants;
mod steps;
