//! Verdicts, findings, and the one function that makes a severity of them.

use crate::catalogue::Keyword;
use crate::wire::Exchange;
use std::fmt;

/// What one assertion, one scenario or one requirement came to. Ordered: the later the worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// The rule does not apply to what was seen.
    NotApplicable,
    /// What was seen keeps the rule.
    Met,
    /// It could not be seen whether the rule is kept.
    Inconclusive,
    /// What was seen breaks the rule.
    Violated,
    /// The harness failed, which says nothing about the subject.
    HarnessError,
}

impl Verdict {
    /// All verdicts, worst first.
    pub const ALL: [Self; 5] = [Self::HarnessError, Self::Violated, Self::Inconclusive, Self::Met, Self::NotApplicable];

    /// The worst of several; of none it is inconclusive, for nothing is met that was not seen.
    #[must_use]
    pub fn worst(verdicts: impl IntoIterator<Item = Self>) -> Self {
        verdicts.into_iter().max().unwrap_or(Self::Inconclusive)
    }

    /// The name in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotApplicable => "not applicable",
            Self::Met => "met",
            Self::Inconclusive => "inconclusive",
            Self::Violated => "violated",
            Self::HarnessError => "harness error",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One assertion about recorded traffic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it came to.
    pub verdict: Verdict,
    /// What would have been accepted.
    pub expected: String,
    /// What was seen, or why nothing was.
    pub actual: String,
    /// The numbers of the exchanges it rests on.
    pub evidence: Vec<usize>,
    /// What was wanting where nothing could be seen, in the same words for whatever wants the same.
    pub lack: Option<String>,
}

impl Finding {
    /// A finding about one exchange: met when `holds`, else violated.
    #[must_use]
    pub fn check(holds: bool, expected: impl Into<String>, actual: impl Into<String>, exchange: &Exchange) -> Self {
        Self::of(holds, expected, actual, vec![exchange.number])
    }

    /// A finding about several exchanges: met when `holds`, else violated.
    #[must_use]
    pub fn of(holds: bool, expected: impl Into<String>, actual: impl Into<String>, evidence: Vec<usize>) -> Self {
        let verdict = if holds { Verdict::Met } else { Verdict::Violated };
        Self { verdict, expected: expected.into(), actual: actual.into(), evidence, lack: None }
    }

    /// A finding that nothing can be said, and why.
    #[must_use]
    pub fn inconclusive(expected: impl Into<String>, reason: impl Into<String>, evidence: Vec<usize>) -> Self {
        let verdict = Verdict::Inconclusive;
        Self { verdict, expected: expected.into(), actual: reason.into(), evidence, lack: None }
    }

    /// The same finding, with what was wanting.
    #[must_use]
    pub fn for_want_of(self, lack: impl Into<String>) -> Self {
        Self { lack: Some(lack.into()), ..self }
    }

    /// A finding that there is nothing to which the rule applies, and why.
    #[must_use]
    pub fn not_applicable(expected: impl Into<String>, reason: impl Into<String>, evidence: Vec<usize>) -> Self {
        let verdict = Verdict::NotApplicable;
        Self { verdict, expected: expected.into(), actual: reason.into(), evidence, lack: None }
    }

    /// The finding as it stands without its positive control: what looks kept may have another cause, and what is broken
    /// is broken.
    #[must_use]
    pub fn without_control(self, reason: &str, lack: &str) -> Self {
        if self.verdict != Verdict::Met {
            return self;
        }
        let actual = format!("{}, which proves nothing without a positive control: {reason}", self.actual);
        Self { verdict: Verdict::Inconclusive, actual, ..self }.for_want_of(lack)
    }

    /// A finding that the harness failed, and how.
    #[must_use]
    pub fn harness_error(expected: impl Into<String>, reason: impl Into<String>) -> Self {
        let verdict = Verdict::HarnessError;
        Self { verdict, expected: expected.into(), actual: reason.into(), evidence: Vec::new(), lack: None }
    }
}

/// How much a verdict matters. Ordered: the later the worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing to act on.
    None,
    /// Worth knowing: a MAY, or a derived requirement.
    Note,
    /// A SHOULD is not kept.
    Warning,
    /// Something applicable could not be decided.
    Incomplete,
    /// A MUST is not kept.
    Failure,
    /// The harness failed.
    Error,
}

impl Severity {
    /// The severity of `verdict` for a requirement that binds with `keyword`; a `derived` one never fails a subject.
    #[must_use]
    pub const fn of(verdict: Verdict, keyword: Keyword, derived: bool) -> Self {
        match verdict {
            Verdict::NotApplicable | Verdict::Met => Self::None,
            Verdict::HarnessError => Self::Error,
            Verdict::Inconclusive => Self::Incomplete,
            Verdict::Violated if derived => Self::Note,
            Verdict::Violated => match keyword {
                Keyword::Must | Keyword::MustNot => Self::Failure,
                Keyword::Should | Keyword::ShouldNot => Self::Warning,
                Keyword::May => Self::Note,
            },
        }
    }

    /// The name in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Incomplete => "incomplete",
            Self::Failure => "failure",
            Self::Error => "error",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn nothing_executed_is_never_met() {
        assert_eq!(Verdict::worst([]), Verdict::Inconclusive);
    }

    #[test]
    fn the_worst_outcome_wins() {
        let verdict = Verdict::worst([Verdict::Met, Verdict::Violated, Verdict::Inconclusive]);
        assert_eq!(verdict, Verdict::Violated);
    }

    #[rstest]
    #[case(Verdict::Met, Verdict::Inconclusive)]
    #[case(Verdict::Violated, Verdict::Violated)]
    #[case(Verdict::NotApplicable, Verdict::NotApplicable)]
    fn without_a_control_only_faults_count(#[case] seen: Verdict, #[case] expected: Verdict) {
        let finding =
            Finding { verdict: seen, expected: "e".into(), actual: "a".into(), evidence: vec![1], lack: None };
        assert_eq!(finding.without_control("no token", "a token").verdict, expected);
    }

    #[rstest]
    #[case(Verdict::Violated, Keyword::Must, false, Severity::Failure)]
    #[case(Verdict::Violated, Keyword::ShouldNot, false, Severity::Warning)]
    #[case(Verdict::Violated, Keyword::May, false, Severity::Note)]
    #[case(Verdict::Violated, Keyword::Must, true, Severity::Note)]
    #[case(Verdict::Inconclusive, Keyword::May, false, Severity::Incomplete)]
    #[case(Verdict::HarnessError, Keyword::May, true, Severity::Error)]
    #[case(Verdict::Met, Keyword::Must, false, Severity::None)]
    fn severity_follows_from_verdict_and_keyword(
        #[case] verdict: Verdict,
        #[case] keyword: Keyword,
        #[case] derived: bool,
        #[case] expected: Severity,
    ) {
        assert_eq!(Severity::of(verdict, keyword, derived), expected);
    }
}
