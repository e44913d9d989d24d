//! Exit codes: documented and stable.

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
    /// Leftovers outrank everything, because they cost money until somebody acts.
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
    pub fn of_baseline(worst_unlisted: Option<Severity>, stale: bool, nothing_ran: bool) -> Self {
        match worst_unlisted {
            Some(Severity::Error) => Self::Failed,
            Some(Severity::Failure | Severity::Warning) => Self::Violated,
            _ if stale => Self::Violated,
            Some(Severity::Incomplete) => Self::Incomplete,
            _ if nothing_ran => Self::Incomplete,
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
