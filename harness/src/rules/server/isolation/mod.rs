//! Users kept apart: sessions, streams, handles, requestState, tasks.

pub(super) mod identifier;
pub(crate) mod judge;
pub(super) mod mutants;
pub(super) mod second;
pub(super) mod steps;
