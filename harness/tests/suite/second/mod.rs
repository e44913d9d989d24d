//! The second subject: an MCP server that has what the reference server lacks, and keeps the rules about it. It has no
//! fault that could be switched on; mutants of it are made at the wire, as those of the reference server are.
//!
//! It comes up the way a server does which a command starts, so that the harness plays its issuers, its third party and
//! its upstream API.
#![allow(dead_code, unreachable_pub, clippy::expect_used, clippy::unwrap_used)]

mod calendar;
pub mod front;
mod keys;
mod proof;
mod proxy;
pub mod raise;
pub mod remote;
mod server;
pub mod setup;
pub mod spoilt;
mod tokens;
mod tools;
