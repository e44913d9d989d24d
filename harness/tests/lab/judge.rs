//! Whether a run came out as the table says.

use crate::report::{Report, Run};
use crate::table::Entry;
use std::collections::BTreeSet;
use std::fmt;

/// In what a run falls short of the table.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Shortcoming {
    /// The rule that the fault breaks is not violated.
    NotFound {
        /// The rule.
        first: String,
    },
    /// The rule is violated, and another one is the first cause.
    OtherReason {
        /// The rule.
        first: String,
        /// What is told first.
        told: String,
    },
    /// Rules are violated, or noted, that the table does not list.
    AccusedWrongly {
        /// The rules, with how much they matter.
        rules: Vec<String>,
    },
    /// A rule that the table lists as noted is not, or is a failure.
    NotNoted {
        /// The rule.
        rule: String,
    },
    /// The harness ends otherwise.
    Ending {
        /// How.
        exit: i32,
        /// How it should.
        expected: i32,
        /// What could not be decided.
        undecided: Vec<String>,
    },
}

impl fmt::Display for Shortcoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound { first } => write!(f, "not found: {first} is not violated"),
            Self::OtherReason { first, told } => {
                write!(f, "found for another reason: {told} is told first, not {first}")
            }
            Self::AccusedWrongly { rules } => write!(f, "accused wrongly: {}", rules.join(", ")),
            Self::NotNoted { rule } => write!(f, "{rule} is not noted, or at MUST"),
            Self::Ending { exit, expected, undecided } => {
                write!(f, "ended with {exit} and not with {expected}; not decided: {}", undecided.join(", "))
            }
        }
    }
}

/// What a run lacks.
pub(crate) fn shortcomings(entry: &Entry, run: &Run) -> Vec<Shortcoming> {
    let report = &run.report;
    let mut lacking = Vec::new();
    match &entry.first {
        Some(first) => lacking.extend(at_fault(first, report)),
        None => {
            lacking.extend(
                entry
                    .also
                    .iter()
                    .filter(|rule| !noted(rule, report))
                    .map(|rule| Shortcoming::NotNoted { rule: rule.clone() }),
            );
            if run.exit != entry.exit {
                lacking.push(Shortcoming::Ending {
                    exit: run.exit,
                    expected: entry.exit,
                    undecided: ids(report, "inconclusive"),
                });
            }
        }
    }
    let expected = |id: &str| entry.also.contains(id) || entry.first.as_deref() == Some(id);
    let others = report.requirements.iter().filter(|one| one.verdict == "violated" && !expected(&one.id));
    let rules: BTreeSet<_> = others.map(|one| format!("{} ({})", one.id, one.severity)).collect();
    if !rules.is_empty() {
        lacking.push(Shortcoming::AccusedWrongly { rules: rules.into_iter().collect() });
    }
    lacking
}

fn at_fault(first: &str, report: &Report) -> Option<Shortcoming> {
    if !ids(report, "violated").iter().any(|id| id == first) {
        return Some(Shortcoming::NotFound { first: first.to_owned() });
    }
    let told = &report.causes.first()?.leading;
    (told != first).then(|| Shortcoming::OtherReason { first: first.to_owned(), told: told.clone() })
}

fn noted(rule: &str, report: &Report) -> bool {
    report.requirements.iter().any(|one| one.id == rule && one.verdict == "violated" && one.severity != "failure")
}

fn ids(report: &Report, verdict: &str) -> Vec<String> {
    report.requirements.iter().filter(|one| one.verdict == verdict).map(|one| one.id.clone()).collect()
}
