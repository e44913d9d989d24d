//! What the rooms share: the steps, the shape of an assertion, readers of a run, and how a mutant recognises what a client
//! sends.

#[macro_use]
mod mutants;

mod assertion;
mod credentials;
mod flow;
mod steps;
#[cfg(test)]
pub(super) mod told;

pub(super) use assertion::{Assertion, assertion};
pub(super) use credentials::{Presented, issued, issued_secrets, metadata_without, presented, registrations};
pub(super) use flow::{authorization_has, each, redemption_has};
pub(super) use mutants::{authorizes, mutant, redeems};
