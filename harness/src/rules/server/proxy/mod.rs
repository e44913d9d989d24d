//! The server as a proxy before a third-party authorization server.

mod cookie;
pub(crate) mod judge;
pub(super) mod second;
pub(super) mod steps;
