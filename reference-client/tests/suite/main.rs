//! The client against peers on the loopback: what it sends and refuses, and the program around it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod callback;
mod challenge;
mod common;
mod flow;
mod program;
mod refusals;
mod session;
mod values;
