//! Known failures of one subject, strict both ways: what fails and is not listed fails the run, and so does what is
//! listed and no longer comes out as listed. Read from TOML; knows the record of a run and nothing of how it was made.

use crate::catalogue::Revision;
use crate::findings::Severity;
use crate::record::{RequirementRecord, RunRecord};
use serde::Deserialize;

/// What is known of one subject.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// What is known, one requirement an entry.
    #[serde(default)]
    pub known: Vec<Known>,
}

/// A requirement that is known not to be met.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// The requirement.
    pub id: String,
    /// The revisions at which this is so.
    pub revisions: Vec<String>,
    /// The verdict that is expected, such as `violated`.
    pub verdict: String,
    /// Why, as somebody confirmed it against the specification.
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
        /// The requirement.
        id: String,
        /// What is wrong with it.
        flaw: String,
    },
}

/// What comparing a run with a baseline came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Came out as listed.
    pub known: Vec<String>,
    /// Matters, and is not listed.
    pub unlisted: Vec<(String, Severity)>,
    /// Is listed, and came out otherwise.
    pub stale: Vec<String>,
}

impl Baseline {
    /// Reads a baseline.
    ///
    /// # Errors
    /// When it is no TOML of this form, or an entry has no reason, revision or verdict that could be expected.
    pub fn parse(text: &str) -> Result<Self, BaselineError> {
        let baseline: Self = toml::from_str(text).map_err(|error| BaselineError::Syntax(error.to_string()))?;
        for known in &baseline.known {
            if let Some(flaw) = known.flaw() {
                return Err(BaselineError::Entry { id: known.id.clone(), flaw });
            }
        }
        Ok(baseline)
    }

    /// Compares a run with it. Entries about requirements or revisions that were not run say nothing.
    #[must_use]
    pub fn compare(&self, record: &RunRecord, strict: bool) -> Comparison {
        let mut comparison = Comparison::default();
        for requirement in &record.requirements {
            let name = format!("{} at {} is {}", requirement.id, requirement.revision, requirement.verdict);
            match self.entry(requirement) {
                Some(known) if known.verdict == requirement.verdict => comparison.known.push(name),
                Some(known) => comparison.stale.push(format!("{name}, and listed as {}", known.verdict)),
                None => {
                    if let Some(severity) = matters(requirement, strict) {
                        comparison.unlisted.push((name, severity));
                    }
                }
            }
        }
        comparison
    }

    fn entry(&self, requirement: &RequirementRecord) -> Option<&Known> {
        let at = |known: &&Known| known.revisions.iter().any(|revision| revision == requirement.revision);
        self.known.iter().filter(|known| known.id == requirement.id).find(at)
    }
}

impl Known {
    fn flaw(&self) -> Option<String> {
        if self.reason.trim().is_empty() {
            return Some("gives no reason".to_owned());
        }
        if self.revisions.is_empty() {
            return Some("names no revision".to_owned());
        }
        if let Some(unknown) = self.revisions.iter().find(|revision| revision.parse::<Revision>().is_err()) {
            return Some(format!("names the revision {unknown}, which is none"));
        }
        let expected = ["violated", "inconclusive", "not applicable"];
        (!expected.contains(&self.verdict.as_str()))
            .then(|| format!("has the verdict {}, which is none of {}", self.verdict, expected.join(", ")))
    }
}

fn matters(requirement: &RequirementRecord, strict: bool) -> Option<Severity> {
    let severities = [Severity::Error, Severity::Failure, Severity::Incomplete, Severity::Warning];
    let severity = severities.into_iter().find(|severity| severity.as_str() == requirement.severity)?;
    (severity != Severity::Warning || strict).then_some(severity)
}
