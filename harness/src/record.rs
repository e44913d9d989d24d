//! The run as data: versioned, redacted, and all that any report format sees.
//!
//! Version 1. Members may be added within a version; none is renamed, removed or given another meaning.

mod redaction;

pub use redaction::Redactor;

use crate::bench::Variation;
use crate::catalogue::{Catalogue, Requirement};
use crate::findings::{Severity, Verdict};
use crate::run::{Outcome, RequirementResult, ScenarioResult};
use crate::wire::Exchange;
use serde::Serialize;
use std::collections::BTreeMap;

/// The version of the schema.
pub const SCHEMA: u32 = 1;

/// A whole run.
#[derive(Clone, Debug, Serialize)]
pub struct RunRecord {
    /// The version of this schema.
    pub schema: u32,
    /// How the run was done.
    pub run: RunFacts,
    /// How many requirements came to what.
    pub totals: Totals,
    /// Every selected requirement at every revision.
    pub requirements: Vec<RequirementRecord>,
    /// What the run created outside this process, and that it is gone.
    pub teardown: Teardown,
    /// The exit code.
    pub exit_code: u8,
}

/// How a run was done.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RunFacts {
    /// The id of the run.
    pub id: String,
    /// The version of the harness.
    pub harness: String,
    /// When it began, in Unix seconds.
    pub started: u64,
    /// How long it took, in milliseconds.
    pub milliseconds: u128,
    /// The most memory the process held, in kilobytes; 0 where the system does not tell.
    pub peak_memory_kilobytes: u64,
    /// The subjects, by role.
    pub subjects: BTreeMap<String, String>,
    /// Where tokens come from.
    pub authority: String,
    /// How logins were done.
    pub login: String,
    /// The folder of the reports, once they are written.
    pub folder: Option<String>,
    /// The screenshot of the login page.
    pub screenshot: Option<String>,
    /// Whatever a reader must know before believing the rest.
    pub notes: Vec<String>,
}

/// How many requirements, each counted once a revision, came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Selected and in force.
    pub expected: usize,
    /// Of these, decided or at least probed.
    pub run: usize,
    /// Kept.
    pub met: usize,
    /// Broken.
    pub violated: usize,
    /// Not decided.
    pub inconclusive: usize,
    /// Not in force, or without anything to apply to.
    pub not_applicable: usize,
    /// Failures of the harness itself.
    pub harness_errors: usize,
}

/// A requirement at one revision.
#[derive(Clone, Debug, Serialize)]
pub struct RequirementRecord {
    /// The stable id.
    pub id: String,
    /// The role it binds.
    pub role: &'static str,
    /// The revision.
    pub revision: &'static str,
    /// The keyword in force.
    pub keyword: Option<String>,
    /// Whether it follows from its sources without being stated in them.
    pub derived: bool,
    /// The rule in one sentence.
    pub title: String,
    /// What it rests on.
    pub sources: Vec<String>,
    /// What somebody does whose subject breaks it; empty where the rule does not say.
    pub fix: String,
    /// Where it stands below `features/`.
    pub place: String,
    /// The verdict.
    pub verdict: &'static str,
    /// How much that matters.
    pub severity: &'static str,
    /// Why there is no verdict of scenarios.
    pub reason: Option<String>,
    /// The scenarios.
    pub scenarios: Vec<ScenarioRecord>,
}

/// A scenario.
#[derive(Clone, Debug, Serialize)]
pub struct ScenarioRecord {
    /// Its name.
    pub name: String,
    /// What it came to.
    pub verdict: &'static str,
    /// Its findings.
    pub findings: Vec<FindingRecord>,
    /// What was exchanged, redacted.
    pub exchanges: Vec<ExchangeRecord>,
}

/// A finding.
#[derive(Clone, Debug, Serialize)]
pub struct FindingRecord {
    /// What it came to.
    pub verdict: &'static str,
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

/// An exchange, redacted.
#[derive(Clone, Debug, Serialize)]
pub struct ExchangeRecord {
    /// The number within the scenario.
    pub number: usize,
    /// What the request is for.
    pub label: String,
    /// The method.
    pub method: String,
    /// The URL.
    pub url: String,
    /// The header fields of the request.
    pub request_headers: Vec<(String, String)>,
    /// The content of the request.
    pub request_body: String,
    /// The status; `None` when there is no answer.
    pub status: Option<u16>,
    /// The header fields of the answer.
    pub response_headers: Vec<(String, String)>,
    /// The content of the answer, as far as it is kept.
    pub response_body: String,
    /// Why there is no answer.
    pub failure: Option<String>,
    /// How long the answer took, in milliseconds.
    pub milliseconds: u128,
}

/// What the run created outside this process, and whether it is gone.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Teardown {
    /// What was looked for and found gone.
    pub gone: Vec<String>,
    /// What is left, with the command that removes it.
    pub left: Vec<Leftover>,
}

/// One thing that is left, or could not be shown to be gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Leftover {
    /// What it is, with its id.
    pub what: String,
    /// Why it is still there, or why nobody knows.
    pub why: String,
    /// The command that removes it, or that shows whether it is there.
    pub command: String,
}

impl RunRecord {
    /// Makes the record of an outcome; the exit code follows from it.
    #[must_use]
    pub fn new(
        catalogue: &Catalogue,
        variations: &[Variation],
        outcome: &Outcome,
        run: RunFacts,
        teardown: Teardown,
        redactor: &Redactor,
    ) -> Self {
        let mut requirements = Vec::new();
        for result in &outcome.requirements {
            let found = catalogue.find(result.id.as_str()).zip(variations.get(result.variation));
            if let Some((requirement, variation)) = found {
                requirements.push(requirement_record(requirement, *variation, result, redactor));
            }
        }
        requirements.sort_by(|a, b| (a.role, &a.place, &a.id, a.revision).cmp(&(b.role, &b.place, &b.id, b.revision)));
        let totals = Totals::of(&requirements);
        Self { schema: SCHEMA, run, totals, requirements, teardown, exit_code: 0 }
    }

    /// The worst severity in the run.
    #[must_use]
    pub fn worst(&self) -> &'static str {
        let order = [Severity::Error, Severity::Failure, Severity::Incomplete, Severity::Warning, Severity::Note];
        let names = order.map(Severity::as_str);
        names.into_iter().find(|name| self.requirements.iter().any(|one| one.severity == *name)).unwrap_or("none")
    }

    /// Whether any requirement has this severity.
    #[must_use]
    pub fn has(&self, severity: Severity) -> bool {
        self.requirements.iter().any(|one| one.severity == severity.as_str())
    }
}

impl Totals {
    fn of(requirements: &[RequirementRecord]) -> Self {
        let count = |verdict: Verdict| requirements.iter().filter(|one| one.verdict == verdict.as_str()).count();
        let not_in_force = requirements.iter().filter(|one| one.keyword.is_none()).count();
        let expected = requirements.len() - not_in_force;
        Self {
            expected,
            run: requirements.iter().filter(|one| one.keyword.is_some() && !one.scenarios.is_empty()).count(),
            met: count(Verdict::Met),
            violated: count(Verdict::Violated),
            inconclusive: count(Verdict::Inconclusive),
            not_applicable: count(Verdict::NotApplicable),
            harness_errors: count(Verdict::HarnessError),
        }
    }
}

fn requirement_record(
    requirement: &Requirement,
    variation: Variation,
    result: &RequirementResult,
    redactor: &Redactor,
) -> RequirementRecord {
    let severity =
        result.keyword.map_or(Severity::None, |keyword| Severity::of(result.verdict, keyword, requirement.derived));
    RequirementRecord {
        id: requirement.id.to_string(),
        role: requirement.role.as_str(),
        revision: variation.revision.as_str(),
        keyword: result.keyword.map(|keyword| keyword.to_string()),
        derived: requirement.derived,
        title: requirement.title.clone(),
        sources: requirement.sources.clone(),
        fix: requirement.fix.clone(),
        place: requirement.place.clone(),
        verdict: result.verdict.as_str(),
        severity: severity.as_str(),
        reason: result.reason.clone(),
        scenarios: result.scenarios.iter().map(|scenario| scenario_record(scenario, redactor)).collect(),
    }
}

fn scenario_record(scenario: &ScenarioResult, redactor: &Redactor) -> ScenarioRecord {
    let findings = scenario.findings.iter().map(|finding| FindingRecord {
        verdict: finding.verdict.as_str(),
        expected: redactor.text(&finding.expected),
        actual: redactor.text(&finding.actual),
        evidence: finding.evidence.clone(),
        lack: finding.lack.as_deref().map(|lack| redactor.text(lack)),
    });
    ScenarioRecord {
        name: scenario.name.clone(),
        verdict: scenario.verdict.as_str(),
        findings: findings.collect(),
        exchanges: scenario.trace.iter().map(|exchange| exchange_record(exchange, redactor)).collect(),
    }
}

fn exchange_record(exchange: &Exchange, redactor: &Redactor) -> ExchangeRecord {
    let redacted = redactor.exchange(exchange);
    let request = &redacted.request;
    let response = redacted.answer.as_ref().ok();
    ExchangeRecord {
        number: exchange.number,
        label: request.label(),
        method: request.method.to_string(),
        url: request.url.clone(),
        request_headers: fields(&request.headers),
        request_body: String::from_utf8_lossy(&request.body).into_owned(),
        status: response.map(|response| response.status),
        response_headers: response.map(|response| fields(&response.headers)).unwrap_or_default(),
        response_body: response
            .map(|response| String::from_utf8_lossy(&response.body).into_owned())
            .unwrap_or_default(),
        failure: redacted.answer.as_ref().err().map(ToString::to_string),
        milliseconds: exchange.took.as_millis(),
    }
}

fn fields(headers: &http::HeaderMap) -> Vec<(String, String)> {
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect()
}
