//! Tokens bound to a key (RFC 9449).

pub(crate) mod judge;
pub(super) mod second;
pub(super) mod steps;
