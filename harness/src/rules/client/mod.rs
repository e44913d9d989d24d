//! Rules for MCP clients.

mod flow;
mod mutants;
mod steps;

pub(super) use mutants::MUTANTS;
