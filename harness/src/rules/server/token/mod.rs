//! A token on its way to the server.

mod judge;
pub(super) mod mutants;
mod purpose;
pub(super) mod second;
mod steps;
mod words;
