//! A requirement as the feature files state it.

use super::{Keyword, Levels, Revision, Role, Span};
use std::fmt;

/// A stable id such as `RS-CHALLENGE-01`: capital words and a number, never renumbered and never reused.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequirementId(String);

impl RequirementId {
    /// Reads an id; `None` when the text has another shape.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (words, number) = text.rsplit_once('-')?;
        let is_word =
            |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        let shaped = words.split('-').all(is_word)
            && words.starts_with(|first: char| first.is_ascii_uppercase())
            && !number.is_empty()
            && number.bytes().all(|b| b.is_ascii_digit());
        shaped.then(|| Self(text.to_owned()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequirementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A scenario as it is written, before its examples are put in. Steps stand without their keywords.
#[derive(Clone, Debug)]
pub struct Probe {
    /// Its name.
    pub name: String,
    /// The revisions at which it makes sense.
    pub span: Span,
    /// What is arranged: the controls, without which a refusal proves nothing.
    pub given: Vec<String>,
    /// What is sent or looked at.
    pub when: Vec<String>,
    /// What must hold of the answers.
    pub then: Vec<String>,
    /// What is put into the steps, if anything.
    pub examples: Vec<Examples>,
}

/// A table of values for the placeholders in the steps of a scenario.
#[derive(Clone, Debug)]
pub struct Examples {
    /// Its name, if it has one.
    pub name: String,
    /// The revisions at which it makes sense.
    pub span: Span,
    /// The placeholders.
    pub columns: Vec<String>,
    /// Their values, as many a row as there are placeholders.
    pub rows: Vec<Vec<String>>,
}

/// One rule that a black-box harness can decide.
#[derive(Clone, Debug)]
pub struct Requirement {
    /// The stable id.
    pub id: RequirementId,
    /// The party it binds.
    pub role: Role,
    /// The rule in one sentence.
    pub title: String,
    /// Documents and sections it rests on.
    pub sources: Vec<String>,
    /// Why it exists: the prose of the rule's description up to `Note:` or `Fix:`.
    pub why: String,
    /// How it is probed and what is tolerated: the part behind `Note:`.
    pub note: String,
    /// What somebody does whose subject breaks it: the part behind `Fix:`.
    pub fix: String,
    /// The scenarios that probe it, as they are written.
    pub probes: Vec<Probe>,
    /// The keyword at each revision.
    pub levels: Levels,
    /// Whether it follows from the sources without being stated in them; breaking it is a finding, never a violation.
    pub derived: bool,
    /// The rules whose breach explains a breach of this one.
    pub follows: Vec<RequirementId>,
    /// Where it stands: file below `features/` and line.
    pub place: String,
}

impl Requirement {
    /// The keyword in force at `revision`.
    #[must_use]
    pub fn keyword(&self, revision: Revision) -> Option<Keyword> {
        self.levels.at(revision)
    }
}
