//! The shape of an assertion about a client: a sentence of the feature files, what it means, and the judge behind it.

use crate::bench::ClientRun;
use crate::findings::Finding;

/// What can be asserted of a run of a client.
pub(in super::super) struct Assertion {
    /// What stands behind `the client` in a Then.
    pub(in super::super) name: &'static str,
    /// What the sentence does not say, for people; may be empty.
    pub(in super::super) means: &'static str,
    /// Whether it holds.
    pub(in super::super) judge: fn(&ClientRun) -> Vec<Finding>,
}

/// An entry of a table of assertions.
pub(in super::super) const fn assertion(
    name: &'static str,
    means: &'static str,
    judge: fn(&ClientRun) -> Vec<Finding>,
) -> Assertion {
    Assertion { name, means, judge }
}
