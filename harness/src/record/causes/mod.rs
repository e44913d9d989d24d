//! Causes: what one fault breaks, told once. Computed from the requirements of a record, and from nothing else.

mod cause;
mod example;
mod grouping;
mod likeness;

#[cfg(test)]
mod tests;

pub use cause::{BrokenRule, CauseRecord, Example, ShownExchange};
pub use grouping::causes;
