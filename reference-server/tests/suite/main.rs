//! The reference server from outside: a real issuer with real keys on one side, raw requests on the other.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod challenge;
mod configuration;
mod issuer;
mod keys;
mod metadata;
mod program;
mod rebinding;
mod revisions;
mod scopes;
mod sessions;
mod subject;
mod tokens;
