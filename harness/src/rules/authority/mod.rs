//! Rules for authorization servers, a room for each topic.

mod authorization;
mod code;
mod mutants;
mod throwaway;

pub(super) use mutants::mutants;
