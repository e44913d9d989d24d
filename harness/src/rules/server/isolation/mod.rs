//! Users kept apart: sessions, streams, handles, requestState, tasks.

pub(super) mod calls;
mod evidence;
pub(super) mod identifier;
pub(crate) mod judge;
pub(super) mod mutants;
mod purpose;
pub(super) mod second;
mod served;
pub(super) mod steps;
