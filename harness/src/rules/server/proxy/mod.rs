//! The server as a proxy before a third-party authorization server.

mod evidence;
mod judge;
mod resemblance;
pub(super) mod steps;
