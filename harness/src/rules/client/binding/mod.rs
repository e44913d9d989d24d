//! Credentials stay with the authorization server that issued them (MCP 2026-07-28, client registration).

mod judge;
mod mutants;

pub(super) use judge::ASSERTIONS;
pub(super) use mutants::MUTANTS;
