//! The rules, a room for each topic: the steps that stimulate and assert, the judges, the mutants that prove that a judge
//! can say no, and the evidence that passes between steps.
//!
//! In a room, only `steps` knows cucumber, `judge` is pure, and `mutants` sees the engine in [`crate::mutation`] and the
//! wire. Given and When arrange and stimulate by way of the bench; only a Then reaches a judge. Each step text matches
//! exactly one function, which a test proves for every scenario.
//!
//! Known to no other module.

pub(crate) mod authority;
pub(crate) mod client;
mod matrix;
pub(crate) mod server;

pub use client::client_words;
pub use matrix::matrix;

use crate::mutation::Mutant;

/// All mutants.
pub fn mutants() -> impl Iterator<Item = &'static Mutant> {
    server::mutants().chain(client::mutants()).chain(authority::mutants())
}
