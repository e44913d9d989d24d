//! Whom a token is for (RFC 8707, RFC 9068 section 3).

pub(super) mod mutants;
mod steps;
