//! Findings: what one assertion came to, how bad that is, and the assertions about answers that rooms share.
//!
//! Pure: no I/O, no clock, no randomness. Severity is computed from verdict and keyword in one place, [`Severity::of`].
//! Knows recorded exchanges and what they say, and nothing of any rule.
//!
//! Known to `world`, `rules`, `run`, `record`, `baseline` and `exit`.

pub mod answer;
pub mod availability;
mod treatment;
mod verdict;

pub use treatment::Treatment;
pub use verdict::{Finding, Severity, Verdict};
