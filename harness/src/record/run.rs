//! A whole run: how it was done, what every requirement came to, and how many came to what.
//!
//! The exit code is put in by the command line, because only that knows what fails a run.

use super::{CauseRecord, Redactor, RequirementRecord, Teardown, causes, names};
use crate::bench::Variation;
use crate::catalogue::{Catalogue, Role};
use crate::findings::{Severity, Verdict};
use crate::run::Outcome;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the schema.
pub const SCHEMA: u32 = 1;

/// A whole run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRecord {
    /// The version of this schema.
    pub schema: u32,
    /// How the run was done.
    pub run: RunFacts,
    /// How many requirements came to what.
    pub totals: Totals,
    /// What is broken, once a fault, the most serious first.
    #[serde(default)]
    pub causes: Vec<CauseRecord>,
    /// Every selected requirement at every revision.
    pub requirements: Vec<RequirementRecord>,
    /// What the run created outside this process, and that it is gone.
    pub teardown: Teardown,
    /// The exit code.
    pub exit_code: u8,
}

/// How a run was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// How many requests were sent to the server, repetitions included; 0 where they were not counted.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub requests: usize,
    /// The subjects, by role.
    #[serde(serialize_with = "names::sorted_by_name")]
    pub subjects: BTreeMap<Role, String>,
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
    /// What tokens have to be made with, where the harness plays the issuer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_tokens: Option<TestTokens>,
}

/// What the tokens of an issuer that the harness plays are made with; `harness token` takes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestTokens {
    /// The issuer.
    pub issuer: String,
    /// The audience.
    pub resource: String,
    /// The scopes of a valid token.
    pub scopes: Vec<String>,
}

/// How many requirements, each counted once a revision, came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl RunRecord {
    /// Makes the record of an outcome, with an exit code that is still to be found.
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
                requirements.push(RequirementRecord::new(requirement, variation.revision, result, redactor));
            }
        }
        requirements.sort_by(|a, b| place_in_record(a).cmp(&place_in_record(b)));
        let totals = Totals::of(&requirements);
        let causes = causes(&requirements);
        Self { schema: SCHEMA, run, totals, causes, requirements, teardown, exit_code: 0 }
    }

    /// Whether any requirement has this severity.
    #[must_use]
    pub fn has(&self, severity: Severity) -> bool {
        self.requirements.iter().any(|one| one.severity == severity)
    }
}

/// By the names of the roles, as the order of a record is part of what readers compare.
fn place_in_record(one: &RequirementRecord) -> impl Ord + use<'_> {
    (one.role.as_str(), &one.place, &one.id, one.revision)
}

impl Totals {
    fn of(requirements: &[RequirementRecord]) -> Self {
        let count = |verdict: Verdict| requirements.iter().filter(|one| one.verdict == verdict).count();
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::catalogue::{Keyword, RequirementId, Revision};
    use crate::record::{ExchangeRecord, FindingRecord, LeftBehind, ScenarioRecord};
    use rstest::rstest;
    use serde_json::{Value, json};

    fn requirement(verdict: Verdict, keyword: Option<Keyword>, role: Role, revision: Revision) -> RequirementRecord {
        let exchange = ExchangeRecord {
            number: 1,
            label: "tools/list".to_owned(),
            token: Some("an ID token".to_owned()),
            method: "POST".to_owned(),
            url: "http://localhost:8001/mcp".to_owned(),
            request_headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            request_body: "{}".to_owned(),
            status: None,
            response_headers: Vec::new(),
            response_body: String::new(),
            failure: Some("no answer within 10s".to_owned()),
            milliseconds: 10_000,
            earlier: Vec::new(),
            edge: None,
        };
        let finding = FindingRecord {
            verdict,
            expected: "a refusal".to_owned(),
            actual: "HTTP 200".to_owned(),
            evidence: vec![1],
            lack: (verdict == Verdict::Inconclusive).then(|| "the key of the issuer".to_owned()),
        };
        RequirementRecord {
            id: RequirementId::parse("RS-TOKEN-08").unwrap(),
            role,
            revision,
            keyword,
            derived: false,
            title: "A rule".to_owned(),
            sources: vec!["OAuth 2.1-13 section 5.2".to_owned()],
            fix: "mend it".to_owned(),
            follows: vec![RequirementId::parse("RS-TOKEN-05").unwrap()],
            place: "server/token.feature:9".to_owned(),
            verdict,
            severity: keyword.map_or(Severity::None, |keyword| Severity::of(verdict, keyword, false)),
            reason: keyword.is_none().then(|| "not in force".to_owned()),
            scenarios: vec![ScenarioRecord {
                name: "A scenario".to_owned(),
                verdict,
                findings: vec![finding],
                exchanges: vec![exchange],
            }],
        }
    }

    /// Every verdict, role and revision, with and without a keyword of every kind.
    fn record() -> RunRecord {
        let keywords = Keyword::ALL.into_iter().map(Some).chain([None]);
        let each = keywords.flat_map(|keyword| Verdict::ALL.map(|verdict| (verdict, keyword)));
        let each = each.zip(Role::ALL.into_iter().cycle().zip(Revision::ALL.into_iter().cycle()));
        let requirements: Vec<_> =
            each.map(|((verdict, keyword), (role, revision))| requirement(verdict, keyword, role, revision)).collect();
        let left = LeftBehind { what: "a pool".to_owned(), why: "denied".to_owned(), command: "aws".to_owned() };
        RunRecord {
            schema: SCHEMA,
            run: RunFacts {
                id: "abc".to_owned(),
                milliseconds: u128::from(u64::MAX),
                subjects: Role::ALL.map(|role| (role, format!("the {role}"))).into(),
                folder: Some("harness-out".to_owned()),
                ..RunFacts::default()
            },
            totals: Totals::of(&requirements),
            causes: causes(&requirements),
            requirements,
            teardown: Teardown { gone: vec!["a domain".to_owned()], left: vec![left] },
            exit_code: 5,
        }
    }

    #[test]
    fn a_record_that_is_written_is_read_back_as_the_same() {
        let record = record();
        let text = serde_json::to_string(&record).unwrap();

        let read: RunRecord = serde_json::from_str(&text).unwrap();

        assert_eq!(read, record);
        assert_eq!(serde_json::to_string(&read).unwrap(), text);
    }

    #[test]
    fn a_requirement_is_written_by_names() {
        let one = requirement(Verdict::NotApplicable, Some(Keyword::MustNot), Role::Client, Revision::V2025_11_25);
        let written = serde_json::to_value(one).unwrap();
        let names = ["id", "role", "revision", "keyword", "verdict", "severity"].map(|member| written[member].clone());
        let expected = ["RS-TOKEN-08", "client", "2025-11-25", "MUST NOT", "not applicable", "none"];
        assert_eq!(names, expected.map(Value::from));
    }

    #[test]
    fn subjects_stand_in_the_order_of_their_names() {
        let text = serde_json::to_string(&record().run).unwrap();
        let subjects = r#""subjects":{"authority":"the authority","client":"the client","server":"the server"}"#;
        assert!(text.contains(subjects), "{text}");
    }

    #[rstest]
    #[case(
        "verdict",
        "fine",
        "unknown verdict `fine`; known are harness error, violated, inconclusive, met and not applicable"
    )]
    #[case("role", "proxy", "unknown role `proxy`; known are server, client and authority")]
    #[case("revision", "2025-06-17", "unknown revision `2025-06-17`; known are 2025-03-26, 2025-06-18, ")]
    #[case("keyword", "must", "unknown keyword `must`; known are MUST, MUST NOT, SHOULD, SHOULD NOT and MAY")]
    #[case("severity", "bad", "unknown severity `bad`; known are none, note, warning, incomplete, failure and error")]
    #[case("id", "rs-token-8", "`rs-token-8` is no id of a requirement")]
    fn an_unknown_name_is_told(#[case] member: &str, #[case] name: &str, #[case] words: &str) {
        let one = requirement(Verdict::Met, Some(Keyword::Must), Role::Server, Revision::V2025_11_25);
        let mut written = serde_json::to_value(one).unwrap();
        written[member] = json!(name);
        let error = serde_json::from_value::<RequirementRecord>(written).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}
