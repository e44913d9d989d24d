//! A cause: what one fault breaks, told once, under the rule that says it best. Data only.

use crate::record::{Keyword, RequirementId, Revision, Role, Severity};
use serde::{Deserialize, Serialize};

/// One fault, as far as the record can tell faults apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CauseRecord {
    /// The rule that says it best.
    pub leading: RequirementId,
    /// The role of the subject.
    pub role: Role,
    /// How much it matters.
    pub severity: Severity,
    /// The revisions at which it shows.
    pub revisions: Vec<Revision>,
    /// What is not so.
    pub sentence: String,
    /// One example of each way in which the leading rule was seen to be broken, three at most.
    pub examples: Vec<Example>,
    /// What to do about it; empty where the leading rule does not say.
    pub fix: String,
    /// The rules that are broken by it, the leading one first.
    pub breaks: Vec<BrokenRule>,
    /// The rules that could not be decided because of it: what they look at was answered as the cause shows.
    pub undecided: Vec<RequirementId>,
}

/// A rule that a cause breaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokenRule {
    /// The rule.
    pub id: RequirementId,
    /// How strongly it binds, where most strongly.
    pub keyword: Option<Keyword>,
    /// Whether it follows from its sources without being stated in them.
    pub derived: bool,
    /// How much that matters.
    pub severity: Severity,
    /// The revisions at which it is broken.
    pub revisions: Vec<Revision>,
}

/// What showed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// The revision.
    pub revision: Revision,
    /// The scenario.
    pub scenario: String,
    /// What would have been accepted.
    pub expected: String,
    /// What was seen.
    pub seen: String,
    /// What was exchanged: the one exchange that it rests on, or the first and the last of several.
    pub exchanges: Vec<ShownExchange>,
}

/// An exchange in a few words, redacted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownExchange {
    /// The number within the scenario.
    pub number: usize,
    /// What was sent.
    pub sent: String,
    /// What came: the status, and the header fields that a client acts on.
    pub came: String,
    /// The beginning of the content that came.
    pub body: String,
}
