//! The authorization code flow with a hosted login.

pub(super) mod judge;
