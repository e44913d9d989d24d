//! A requirement at one revision, with its scenarios and their findings.
//!
//! Made of what the runner collected. The severity follows from verdict and keyword here, and nothing else is decided.

use super::{ExchangeRecord, Redactor};
use crate::catalogue::{Keyword, Requirement, RequirementId, Revision, Role};
use crate::findings::{Finding, Severity, Verdict};
use crate::run::{RequirementResult, ScenarioResult};
use serde::{Deserialize, Serialize};

/// A requirement at one revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequirementRecord {
    /// The stable id.
    pub id: RequirementId,
    /// The role it binds.
    pub role: Role,
    /// The revision.
    pub revision: Revision,
    /// The keyword in force; `None` where the requirement does not apply.
    pub keyword: Option<Keyword>,
    /// Whether it follows from its sources without being stated in them.
    pub derived: bool,
    /// The rule in one sentence.
    pub title: String,
    /// What it rests on.
    pub sources: Vec<String>,
    /// What to do about a subject that breaks it; empty where the rule does not say.
    pub fix: String,
    /// The rules whose breach explains a breach of this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub follows: Vec<RequirementId>,
    /// Where it stands below `features/`.
    pub place: String,
    /// The verdict.
    pub verdict: Verdict,
    /// How much that matters.
    pub severity: Severity,
    /// Why there is no verdict of scenarios.
    pub reason: Option<String>,
    /// The scenarios.
    pub scenarios: Vec<ScenarioRecord>,
}

/// A scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScenarioRecord {
    /// Its name.
    pub name: String,
    /// What it came to.
    pub verdict: Verdict,
    /// Its findings.
    pub findings: Vec<FindingRecord>,
    /// What was exchanged, redacted.
    pub exchanges: Vec<ExchangeRecord>,
}

/// A finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingRecord {
    /// What it came to.
    pub verdict: Verdict,
    /// What would have been accepted.
    pub expected: String,
    /// What was seen.
    pub actual: String,
    /// The numbers of the exchanges it rests on.
    pub evidence: Vec<usize>,
    /// What was wanting where nothing could be seen, in the same words for whatever wants the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lack: Option<String>,
}

impl RequirementRecord {
    pub(super) fn new(
        requirement: &Requirement,
        revision: Revision,
        result: &RequirementResult,
        redactor: &Redactor,
    ) -> Self {
        let severity =
            result.keyword.map_or(Severity::None, |keyword| Severity::of(result.verdict, keyword, requirement.derived));
        Self {
            id: requirement.id.clone(),
            role: requirement.role,
            revision,
            keyword: result.keyword,
            derived: requirement.derived,
            title: requirement.title.clone(),
            sources: requirement.sources.clone(),
            fix: requirement.fix.clone(),
            follows: requirement.follows.clone(),
            place: requirement.place.clone(),
            verdict: result.verdict,
            severity,
            reason: result.reason.clone(),
            scenarios: result.scenarios.iter().map(|scenario| ScenarioRecord::new(scenario, redactor)).collect(),
        }
    }
}

impl ScenarioRecord {
    /// The exchanges that a finding of this scenario rests on.
    #[must_use]
    pub fn evidence_of(&self, finding: &FindingRecord) -> Vec<&ExchangeRecord> {
        let found = |number: &usize| self.exchanges.iter().find(|exchange| exchange.number == *number);
        finding.evidence.iter().filter_map(found).collect()
    }

    fn new(scenario: &ScenarioResult, redactor: &Redactor) -> Self {
        Self {
            name: scenario.name.clone(),
            verdict: scenario.verdict,
            findings: scenario.findings.iter().map(|finding| FindingRecord::new(finding, redactor)).collect(),
            exchanges: scenario.trace.iter().map(|exchange| ExchangeRecord::new(exchange, redactor)).collect(),
        }
    }
}

impl FindingRecord {
    fn new(finding: &Finding, redactor: &Redactor) -> Self {
        Self {
            verdict: finding.verdict,
            expected: redactor.text(&finding.expected),
            actual: redactor.text(&finding.actual),
            evidence: finding.evidence.clone(),
            lack: finding.lack.as_deref().map(|lack| redactor.text(lack)),
        }
    }
}
