//! The program as somebody types it: what it says, how it exits, and what it leaves, which is nothing.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod aws;
mod explain;
mod interrupted;
mod live;
mod local;
mod program;
#[path = "../provision/proxy.rs"]
#[allow(dead_code)]
mod proxy;
mod silence;
mod usage;
