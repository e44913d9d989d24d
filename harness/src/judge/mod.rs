//! Judges: pure functions over what the tap recorded.
//!
//! No I/O, no clock, no randomness; no knowledge of cucumber or of who plays what. A judge takes exchanges and answers
//! with a [`Finding`]: verdict, expected, actual, evidence. Severity is computed from verdict and keyword in one place,
//! [`Severity::of`].

pub mod answer;
pub mod authorization;
pub mod availability;
pub mod challenge;
pub mod cookie;
pub mod elicitation;
pub mod extension;
pub mod http;
pub mod identifier;
pub mod isolation;
pub mod issuer;
pub mod jsonrpc;
pub mod keys;
pub mod leak;
pub mod login;
pub mod metadata;
pub mod outsider;
pub mod own_authority;
pub mod passthrough;
pub mod proxy;
pub mod scope;
pub mod url;
mod verdict;
pub mod walk;

pub use verdict::{Finding, Severity, Verdict};
