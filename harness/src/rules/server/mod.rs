//! Rules for MCP servers, a room for each topic.

#[macro_use]
mod mutants;

mod audience;
mod challenge;
mod common;
mod extensions;
mod http;
pub(crate) mod isolation;
pub(crate) mod jwt;
mod legacy;
mod metadata;
mod passthrough;
mod proxy;
mod scope;
mod token;

pub(super) use mutants::mutants;
