//! The tests of the harness that need no program of their own, in one: each module is what its first lines say.
//!
//! They share a process. What reads or changes something that belongs to the whole of it (its environment, its folder)
//! is done by a child; what looks at the processes of this machine holds the lock in `browser/methods.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod architecture;
mod authority_contract;
mod browser;
mod catalogue;
mod cli;
mod client_subject;
mod coverage;
mod other_server;
mod provision;
mod report;
mod second;
mod server_subject;
mod support;
