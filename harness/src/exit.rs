//! Exit codes: documented and stable.
//!
//! Known to `report` and `cli`.

use crate::findings::Severity;
use crate::record::RunRecord;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// All applicable MUSTs are met.
    Met = 0,
    /// A requirement is violated; with `--strict` a SHOULD counts too.
    Violated = 1,
    /// Wrong usage or configuration.
    Usage = 2,
    /// Something applicable could not be decided, or the run was interrupted.
    Incomplete = 3,
    /// The harness itself failed.
    Failed = 4,
    /// Something could not be torn down.
    LeftBehind = 5,
}

impl Exit {
    /// The exit of a run that came to its end.
    ///
    /// Leftovers outrank everything, because they cost money until they are removed.
    #[must_use]
    pub fn of(record: &RunRecord, strict: bool) -> Self {
        if !record.teardown.left.is_empty() {
            Self::LeftBehind
        } else if record.has(Severity::Error) {
            Self::Failed
        } else if record.has(Severity::Failure) || (strict && record.has(Severity::Warning)) {
            Self::Violated
        } else if record.has(Severity::Incomplete) || record.totals.run == 0 {
            Self::Incomplete
        } else {
            Self::Met
        }
    }

    /// The exit of a run that was compared with a baseline: of what is not listed there the worst counts, and an entry
    /// that is stale is a failure.
    #[must_use]
    pub fn of_baseline(record: &RunRecord, worst_unlisted: Option<Severity>, stale: bool) -> Self {
        match worst_unlisted {
            _ if !record.teardown.left.is_empty() => Self::LeftBehind,
            Some(Severity::Error) => Self::Failed,
            Some(Severity::Failure | Severity::Warning) => Self::Violated,
            _ if stale => Self::Violated,
            Some(Severity::Incomplete) => Self::Incomplete,
            _ if record.totals.run == 0 => Self::Incomplete,
            _ => Self::Met,
        }
    }

    /// The code.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The code in words.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Met => "all applicable MUSTs met",
            Self::Violated => "a requirement is violated",
            Self::Usage => "wrong usage or configuration",
            Self::Incomplete => "something applicable could not be decided",
            Self::Failed => "the harness itself failed",
            Self::LeftBehind => "something could not be torn down",
        }
    }

    /// The exit with this code.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        [Self::Met, Self::Violated, Self::Usage, Self::Incomplete, Self::Failed, Self::LeftBehind]
            .into_iter()
            .find(|exit| exit.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{LeftBehind, RunFacts, SCHEMA, Teardown, Totals};
    use rstest::rstest;

    fn record(run: usize, left: Vec<LeftBehind>) -> RunRecord {
        RunRecord {
            schema: SCHEMA,
            run: RunFacts::default(),
            totals: Totals { run, ..Totals::default() },
            causes: Vec::new(),
            requirements: Vec::new(),
            teardown: Teardown { gone: Vec::new(), left },
            exit_code: 0,
        }
    }

    #[rstest]
    #[case::all_as_listed(None, false, 1, Exit::Met)]
    #[case::nothing_ran(None, false, 0, Exit::Incomplete)]
    #[case::a_stale_entry(None, true, 1, Exit::Violated)]
    #[case::a_stale_entry_outranks_what_is_undecided(Some(Severity::Incomplete), true, 1, Exit::Violated)]
    #[case::undecided(Some(Severity::Incomplete), false, 1, Exit::Incomplete)]
    #[case::violated(Some(Severity::Failure), false, 1, Exit::Violated)]
    #[case::a_failure_of_the_harness_outranks_a_stale_entry(Some(Severity::Error), true, 1, Exit::Failed)]
    fn of_what_is_not_listed_the_worst_counts(
        #[case] worst: Option<Severity>,
        #[case] stale: bool,
        #[case] run: usize,
        #[case] expected: Exit,
    ) {
        assert_eq!(Exit::of_baseline(&record(run, Vec::new()), worst, stale), expected);
    }

    #[test]
    fn what_is_left_behind_outranks_everything() {
        let left = LeftBehind { what: "a pool".to_owned(), why: "denied".to_owned(), command: "aws".to_owned() };
        let record = record(1, vec![left]);
        assert_eq!(Exit::of(&record, true), Exit::LeftBehind);
        assert_eq!(Exit::of_baseline(&record, Some(Severity::Error), true), Exit::LeftBehind);
    }
}
