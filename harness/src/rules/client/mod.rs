//! Rules for MCP clients, a room for each topic. Where the client is to be tried by something that is not honest, a scene
//! in [`crate::bench::client::scenes`] has it.
//!
//! All rooms share two steps: the client meets a scene, and what a room asserts of all that it sent there must hold. What
//! is asserted stands in tables, an entry each; see [`common::Assertion`].

#[macro_use]
mod common;

mod authorization;
mod binding;
mod pkce;
mod resource;
mod words;

pub use words::client_words;

use crate::mutation::Mutant;
use common::Assertion;

/// What is asserted of clients, a room after the other.
fn assertions() -> impl Iterator<Item = &'static Assertion> {
    [authorization::ASSERTIONS, pkce::ASSERTIONS, resource::ASSERTIONS, binding::ASSERTIONS].into_iter().flatten()
}

/// The mutants of clients.
pub(super) fn mutants() -> impl Iterator<Item = &'static Mutant> {
    [authorization::MUTANTS, pkce::MUTANTS, resource::MUTANTS, binding::MUTANTS].into_iter().flatten()
}

#[cfg(test)]
mod tests;
