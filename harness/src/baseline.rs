//! Known failures of one subject, strict both ways: what fails and is not listed fails the run, and so does what is
//! listed and no longer comes out as listed. Read from TOML; knows the record of a run and nothing of how it was made.
//!
//! Known to `cli` only.

use crate::catalogue::{RequirementId, Revision};
use crate::findings::{Severity, Verdict};
use crate::record::{RequirementRecord, RunRecord};
use serde::Deserialize;
use std::fmt;

/// The verdicts that an entry may expect.
const EXPECTED: [Verdict; 3] = [Verdict::Violated, Verdict::Inconclusive, Verdict::NotApplicable];

/// What is known of one subject.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// What is known, one requirement an entry.
    pub known: Vec<Known>,
}

/// A requirement that is known not to be met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The requirement.
    pub id: RequirementId,
    /// The revisions at which this is so; at least one.
    pub revisions: Vec<Revision>,
    /// The verdict that is expected: violated, inconclusive or not applicable.
    pub verdict: Verdict,
    /// Why, as it was confirmed against the specification.
    pub reason: String,
}

/// Why a baseline cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BaselineError {
    /// It is not what it should be.
    #[error("the baseline cannot be read: {0}")]
    Syntax(String),
    /// An entry says nothing that can be checked.
    #[error("the baseline's entry for {id} {flaw}")]
    Entry {
        /// The requirement, as it is written.
        id: String,
        /// What is wrong with it.
        flaw: EntryFlaw,
    },
}

/// What is wrong with an entry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryFlaw {
    /// Without a reason.
    #[error("gives no reason")]
    NoReason,
    /// Without a revision.
    #[error("names no revision")]
    NoRevision,
    /// A revision that does not exist.
    #[error("names the revision {0}, which is none")]
    Revision(String),
    /// A verdict that does not exist, or that no entry may expect.
    #[error("has the verdict {0}, which is none of {known}", known = EXPECTED.map(Verdict::as_str).join(", "))]
    Verdict(String),
    /// What stands in the place of the id has not the shape of one.
    #[error("names no requirement: an id is capital words and a number, such as RS-TOKEN-08")]
    Id,
}

/// A requirement at a revision, and what it came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The requirement.
    pub id: RequirementId,
    /// The revision.
    pub revision: Revision,
    /// What it came to.
    pub verdict: Verdict,
}

/// What is listed, and came out otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// As it came out.
    pub seen: Seen,
    /// As it is listed.
    pub listed: Verdict,
}

/// What comparing a run with a baseline came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Came out as listed.
    pub known: Vec<Seen>,
    /// Matters, and is not listed; with how much it matters.
    pub unlisted: Vec<(Seen, Severity)>,
    /// Is listed, and came out otherwise.
    pub stale: Vec<Stale>,
}

/// A baseline as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    known: Vec<Entry>,
}

/// An entry as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    revisions: Vec<String>,
    verdict: String,
    reason: String,
}

impl Baseline {
    /// Reads a baseline.
    ///
    /// # Errors
    /// When it is no TOML of this form, or an entry has no reason, no revision or a wrong one, no verdict that could be
    /// expected, or no id.
    pub fn parse(text: &str) -> Result<Self, BaselineError> {
        let written: Written = toml::from_str(text).map_err(|error| BaselineError::Syntax(error.to_string()))?;
        let known = written.known.into_iter().map(|entry| {
            let id = entry.id.clone();
            entry.known().map_err(|flaw| BaselineError::Entry { id, flaw })
        });
        Ok(Self { known: known.collect::<Result<_, _>>()? })
    }

    /// Compares a run with it. Entries about requirements or revisions that were not run say nothing.
    #[must_use]
    pub fn compare(&self, record: &RunRecord, strict: bool) -> Comparison {
        let mut comparison = Comparison::default();
        for requirement in &record.requirements {
            let RequirementRecord { id, revision, verdict, .. } = requirement;
            let seen = Seen { id: id.clone(), revision: *revision, verdict: *verdict };
            match self.entry(&seen) {
                Some(known) if known.verdict == seen.verdict => comparison.known.push(seen),
                Some(known) => comparison.stale.push(Stale { seen, listed: known.verdict }),
                None if matters(requirement.severity, strict) => comparison.unlisted.push((seen, requirement.severity)),
                None => {}
            }
        }
        comparison
    }

    fn entry(&self, seen: &Seen) -> Option<&Known> {
        self.known.iter().find(|known| known.id == seen.id && known.revisions.contains(&seen.revision))
    }
}

impl Comparison {
    /// The worst of what is not listed.
    #[must_use]
    pub fn worst_unlisted(&self) -> Option<Severity> {
        self.unlisted.iter().map(|(_, severity)| *severity).max()
    }
}

impl Entry {
    fn known(self) -> Result<Known, EntryFlaw> {
        if self.reason.trim().is_empty() {
            return Err(EntryFlaw::NoReason);
        }
        if self.revisions.is_empty() {
            return Err(EntryFlaw::NoRevision);
        }
        let revision = |text: String| text.parse::<Revision>().map_err(|_| EntryFlaw::Revision(text));
        let revisions = self.revisions.into_iter().map(revision).collect::<Result<_, _>>()?;
        let verdict = EXPECTED.into_iter().find(|verdict| verdict.as_str() == self.verdict);
        let verdict = verdict.ok_or(EntryFlaw::Verdict(self.verdict))?;
        let id = RequirementId::parse(&self.id).ok_or(EntryFlaw::Id)?;
        Ok(Known { id, revisions, verdict, reason: self.reason })
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {} is {}", self.id, self.revision, self.verdict)
    }
}

impl fmt::Display for Stale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, and listed as {}", self.seen, self.listed)
    }
}

/// Whether it fails a run in which nothing is listed.
const fn matters(severity: Severity, strict: bool) -> bool {
    match severity {
        Severity::None | Severity::Note => false,
        Severity::Warning => strict,
        Severity::Incomplete | Severity::Failure | Severity::Error => true,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::catalogue::{Keyword, Role};
    use crate::record::{RunFacts, SCHEMA, Teardown, Totals};
    use rstest::rstest;

    const ENTRY: &str = "[[known]]\nid = \"RS-AUD-06\"\nrevisions = [\"2025-06-18\", \"2025-11-25\"]\n\
                         verdict = \"not applicable\"\nreason = \"section 3.1\"\n";

    #[test]
    fn an_entry_is_read_as_what_it_names() {
        let known = Known {
            id: RequirementId::parse("RS-AUD-06").unwrap(),
            revisions: vec![Revision::V2025_06_18, Revision::V2025_11_25],
            verdict: Verdict::NotApplicable,
            reason: "section 3.1".to_owned(),
        };
        assert_eq!(Baseline::parse(ENTRY), Ok(Baseline { known: vec![known] }));
        assert_eq!(Baseline::parse(""), Ok(Baseline::default()));
    }

    #[rstest]
    #[case::no_reason("section 3.1", " ", "gives no reason")]
    #[case::no_revision("\"2025-06-18\", \"2025-11-25\"", "", "names no revision")]
    #[case::a_revision_that_is_none("2025-11-25", "2025-11-26", "names the revision 2025-11-26, which is none")]
    #[case::a_verdict_that_is_none(
        "not applicable",
        "broken",
        "has the verdict broken, which is none of violated, inconclusive, not applicable"
    )]
    #[case::a_verdict_that_needs_no_entry(
        "not applicable",
        "met",
        "has the verdict met, which is none of violated, inconclusive, not applicable"
    )]
    fn an_entry_that_cannot_be_checked_is_told_by_its_id(#[case] right: &str, #[case] wrong: &str, #[case] flaw: &str) {
        let error = Baseline::parse(&ENTRY.replace(right, wrong)).unwrap_err();
        assert_eq!(error.to_string(), format!("the baseline's entry for RS-AUD-06 {flaw}"));
    }

    #[test]
    fn an_id_that_is_none_is_told() {
        let error = Baseline::parse(&ENTRY.replace("RS-AUD-06", "rs-aud-6")).unwrap_err().to_string();
        assert!(error.starts_with("the baseline's entry for rs-aud-6 names no requirement"), "{error}");
    }

    #[rstest]
    #[case::an_unknown_key("because = \"x\"\n", "unknown field `because`")]
    #[case::a_missing_key("[[known]]\nid = \"RS-AUD-07\"\n", "missing field `revisions`")]
    #[case::no_toml("id =", "line 6")]
    fn what_is_no_baseline_is_told_with_its_place(#[case] more: &str, #[case] words: &str) {
        let error = Baseline::parse(&format!("{ENTRY}{more}")).unwrap_err().to_string();
        assert!(error.starts_with("the baseline cannot be read: ") && error.contains(words), "{error}");
    }

    fn record(verdict: Verdict, keyword: Keyword, revision: Revision) -> RunRecord {
        let requirement = RequirementRecord {
            id: RequirementId::parse("RS-AUD-06").unwrap(),
            role: Role::Server,
            revision,
            keyword: Some(keyword),
            derived: false,
            title: String::new(),
            sources: Vec::new(),
            fix: String::new(),
            follows: Vec::new(),
            place: String::new(),
            verdict,
            severity: Severity::of(verdict, keyword, false),
            reason: None,
            scenarios: Vec::new(),
        };
        RunRecord {
            schema: SCHEMA,
            run: RunFacts::default(),
            totals: Totals::default(),
            causes: Vec::new(),
            requirements: vec![requirement],
            teardown: Teardown::default(),
            exit_code: 0,
        }
    }

    #[test]
    fn what_comes_out_as_listed_is_known_and_what_does_not_is_stale() {
        let baseline = Baseline::parse(ENTRY).unwrap();
        let compared = |verdict| baseline.compare(&record(verdict, Keyword::Must, Revision::V2025_06_18), false);

        let listed = compared(Verdict::NotApplicable);
        assert_eq!((listed.known.len(), listed.unlisted.len(), listed.stale.len()), (1, 0, 0));
        let other = compared(Verdict::Met);
        assert_eq!((other.known.len(), other.unlisted.len()), (0, 0));
        assert_eq!(other.stale[0].to_string(), "RS-AUD-06 at 2025-06-18 is met, and listed as not applicable");
    }

    #[rstest]
    #[case(Verdict::Violated, Keyword::Must, false, Some(Severity::Failure))]
    #[case(Verdict::Violated, Keyword::Should, true, Some(Severity::Warning))]
    #[case(Verdict::Violated, Keyword::Should, false, None)]
    #[case(Verdict::Violated, Keyword::May, true, None)]
    #[case(Verdict::Inconclusive, Keyword::May, false, Some(Severity::Incomplete))]
    #[case(Verdict::Met, Keyword::Must, true, None)]
    fn at_a_revision_that_is_not_listed_what_matters_is_unlisted(
        #[case] verdict: Verdict,
        #[case] keyword: Keyword,
        #[case] strict: bool,
        #[case] expected: Option<Severity>,
    ) {
        let baseline = Baseline::parse(ENTRY).unwrap();
        let comparison = baseline.compare(&record(verdict, keyword, Revision::V2026_07_28), strict);
        assert_eq!(comparison.worst_unlisted(), expected);
        assert_eq!((comparison.known.len(), comparison.stale.len()), (0, 0));
    }
}
