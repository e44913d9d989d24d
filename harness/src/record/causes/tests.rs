//! From tables of what is violated to causes, and the text that is told of them.

#![allow(clippy::unwrap_used)]

use super::{CauseRecord, causes};
use crate::record::{
    ExchangeRecord, FindingRecord, Keyword, RequirementId, RequirementRecord, Revision, Role, ScenarioRecord, Severity,
    Verdict,
};
use rstest::rstest;

const REVISION: Revision = Revision::V2025_11_25;

/// An answer to tools/list with this token.
fn exchange(token: &str, status: u16, body: &str) -> ExchangeRecord {
    ExchangeRecord {
        number: 1,
        label: format!("tools/list with {token}"),
        token: Some(token.to_owned()),
        method: "POST".to_owned(),
        url: "http://localhost:8001/mcp".to_owned(),
        request_headers: vec![("authorization".to_owned(), format!("Bearer [redacted: {token}]"))],
        request_body: r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#.to_owned(),
        status: Some(status),
        response_headers: vec![
            ("content-type".to_owned(), "application/json".to_owned()),
            ("date".to_owned(), "today".to_owned()),
        ],
        response_body: body.to_owned(),
        failure: None,
        earlier: Vec::new(),
        edge: None,
        milliseconds: 1,
    }
}

const RESULT: &str = r#"{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}"#;

fn scenario(token: &str, verdict: Verdict, expected: &str, status: u16) -> ScenarioRecord {
    let body = if status == 200 { RESULT } else { r#"{"error":"jwt malformed"}"# };
    let finding = FindingRecord {
        verdict,
        expected: expected.to_owned(),
        actual: format!("tools/list with {token}: HTTP {status}"),
        evidence: vec![1],
        lack: None,
    };
    ScenarioRecord {
        name: format!("With {token}"),
        verdict,
        findings: vec![finding],
        exchanges: vec![exchange(token, status, body)],
    }
}

/// A rule in a table.
struct Row {
    id: &'static str,
    follows: &'static [&'static str],
    keyword: Keyword,
    derived: bool,
    /// The scenarios: with which token, and what was answered; 401 keeps the rule.
    answers: &'static [(&'static str, u16)],
}

const fn must(id: &'static str, follows: &'static [&'static str], answers: &'static [(&'static str, u16)]) -> Row {
    Row { id, follows, keyword: Keyword::Must, derived: false, answers }
}

const fn should(row: Row) -> Row {
    Row { keyword: Keyword::Should, ..row }
}

const fn derived(row: Row) -> Row {
    Row { derived: true, ..row }
}

fn record(row: &Row, revision: Revision) -> RequirementRecord {
    let seen = |(token, status): &(&str, u16)| {
        let verdict = if *status == 401 { Verdict::Met } else { Verdict::Violated };
        scenario(token, verdict, &format!("what {} wants", row.id), *status)
    };
    let scenarios: Vec<_> = row.answers.iter().map(seen).collect();
    let verdict = Verdict::worst(scenarios.iter().map(|scenario| scenario.verdict));
    RequirementRecord {
        id: RequirementId::parse(row.id).unwrap(),
        role: Role::Server,
        revision,
        keyword: Some(row.keyword),
        derived: row.derived,
        title: format!("The rule {} is kept", row.id),
        sources: vec!["a source".to_owned()],
        fix: format!("Mend what {} says.", row.id),
        follows: row.follows.iter().map(|id| RequirementId::parse(id).unwrap()).collect(),
        place: "server/some.feature:1".to_owned(),
        verdict,
        severity: Severity::of(verdict, row.keyword, row.derived),
        reason: None,
        scenarios,
    }
}

/// The ids of each cause, the leading one first.
fn ids(causes: &[CauseRecord]) -> Vec<String> {
    let of =
        |cause: &CauseRecord| cause.breaks.iter().map(|broken| broken.id.to_string()).collect::<Vec<_>>().join(" ");
    causes.iter().map(of).collect()
}

#[rstest]
#[case::nothing(&[must("A-1", &[], &[("a", 401)])], &[])]
#[case::two_faults(&[must("A-1", &[], &[("a", 500)]), must("A-2", &[], &[("b", 500)])], &["A-1", "A-2"])]
#[case::one_follows_the_other(
    &[must("A-1", &["A-2"], &[("a", 500)]), must("A-2", &[], &[("b", 500)])],
    &["A-2 A-1"]
)]
#[case::what_it_follows_is_kept(
    &[must("A-1", &["A-2"], &[("a", 500)]), must("A-2", &[], &[("b", 401)])],
    &["A-1"]
)]
#[case::by_way_of_a_third(
    &[must("A-1", &["A-2"], &[("a", 200)]), must("A-2", &["A-3"], &[("b", 200)]), must("A-3", &[], &[("c", 200)])],
    &["A-3 A-1 A-2"]
)]
#[case::of_two_the_first_that_is_named(
    &[must("A-1", &["A-3", "A-2"], &[("a", 200)]), must("A-2", &[], &[("b", 200)]), must("A-3", &[], &[("c", 200)])],
    &["A-3 A-1", "A-2"]
)]
#[case::of_two_the_more_serious(
    &[
        should(must("A-1", &["A-3", "A-2"], &[("a", 200)])),
        must("A-2", &[], &[("b", 200)]),
        should(must("A-3", &[], &[("c", 200)])),
    ],
    &["A-2 A-1", "A-3"]
)]
#[case::never_under_what_is_milder(
    &[must("A-1", &["A-2"], &[("a", 500)]), should(must("A-2", &[], &[("b", 500)]))],
    &["A-1", "A-2"]
)]
#[case::not_under_a_note(
    &[should(must("A-1", &["A-2"], &[("a", 500)])), derived(must("A-2", &[], &[("b", 500)]))],
    &["A-1", "A-2"]
)]
#[case::not_when_the_other_is_broken_in_a_corner(
    &[must("A-1", &["A-2"], &[("a", 200)]), must("A-2", &[], &[("b", 200), ("c", 401), ("d", 401)])],
    &["A-1", "A-2"]
)]
#[case::unless_it_is_this_very_corner(
    &[must("A-1", &["A-2"], &[("b", 200)]), must("A-2", &[], &[("b", 200), ("c", 401), ("d", 401)])],
    &["A-2 A-1"]
)]
#[case::what_holds_whatever_the_fault_is_does_not_count(
    &[must("A-1", &["A-2"], &[("a", 200)]), must("A-2", &[], &[("b", 200), ("c", 200), ("d", 401), ("e", 401)])],
    &["A-2 A-1"]
)]
#[case::served_does_not_follow_from_a_wrong_status(
    &[must("A-1", &["A-2"], &[("a", 200)]), must("A-2", &[], &[("b", 500)])],
    &["A-1", "A-2"]
)]
#[case::a_wrong_status_does_not_follow_from_what_is_served(
    &[must("A-1", &["A-2"], &[("a", 200), ("d", 403)]), must("A-2", &[], &[("b", 200)])],
    &["A-1", "A-2"]
)]
#[case::what_is_served_is_told_first(
    &[must("A-1", &[], &[("a", 500), ("b", 500)]), must("A-2", &[], &[("a", 200)])],
    &["A-2", "A-1"]
)]
#[case::a_circle_ends(
    &[must("A-1", &["A-2"], &[("a", 500)]), must("A-2", &["A-1"], &[("b", 500)])],
    &["A-1", "A-2"]
)]
fn a_breach_is_part_of_another_cause_when_that_explains_it(#[case] rows: &[Row], #[case] expected: &[&str]) {
    let records: Vec<_> = rows.iter().map(|row| record(row, REVISION)).collect();
    assert_eq!(ids(&causes(&records)), expected);
}

/// The same kind of exchange that two rules hold against the same expectation is one cause without a word of the rules.
#[rstest]
#[case::the_same_said("a 401", "a 401", ("a token", 500), &["A-1 A-2"])]
#[case::something_else_said("a 401", "a challenge", ("a token", 500), &["A-1", "A-2"])]
#[case::of_another_token("a 401", "a 401", ("another token", 500), &["A-1", "A-2"])]
#[case::of_another_answer("a 401", "a 401", ("a token", 403), &["A-1", "A-2"])]
fn what_is_seen_of_the_same_exchanges_and_says_the_same_is_one_cause(
    #[case] first: &str,
    #[case] second: &str,
    #[case] (token, status): (&str, u16),
    #[case] expected: &[&str],
) {
    let rows = [must("A-1", &[], &[("a token", 500)]), must("A-2", &[], &[("a token", 500)])];
    let mut records = rows.each_ref().map(|row| record(row, REVISION));
    records[0].scenarios = vec![scenario("a token", Verdict::Violated, first, 500)];
    records[1].scenarios = vec![scenario(token, Verdict::Violated, second, status)];
    assert_eq!(ids(&causes(&records)), expected);
}

/// The rule that explains may be younger than the one that is explained.
#[test]
fn a_revision_at_which_the_explaining_rule_does_not_apply_speaks_for_no_other_fault() {
    let (explained, explaining) = (must("A-1", &["A-2"], &[("a", 200)]), must("A-2", &[], &[("b", 200)]));
    let old = Revision::V2025_03_26;
    let mut not_in_force = record(&explaining, old);
    (not_in_force.verdict, not_in_force.keyword, not_in_force.severity) =
        (Verdict::NotApplicable, None, Severity::None);
    let mut records =
        vec![record(&explained, old), record(&explained, REVISION), not_in_force, record(&explaining, REVISION)];

    let found = causes(&records);
    assert_eq!(ids(&found), ["A-2 A-1"]);
    assert_eq!(found[0].revisions, [old, REVISION]);
    assert_eq!(found[0].breaks[0].revisions, [REVISION]);

    records[2].verdict = Verdict::Met;
    assert_eq!(ids(&causes(&records)).len(), 2, "where it is kept, it explains nothing");
}

/// A rule of one revision that a rule of later ones takes the place of.
#[test]
fn rules_that_are_in_force_at_different_revisions_may_still_explain_each_other() {
    let (explained, explaining) = (must("A-1", &["A-2"], &[("a", 200)]), must("A-2", &[], &[("b", 200)]));
    let old = Revision::V2025_03_26;
    let not_in_force = |row: &Row, revision: Revision| RequirementRecord {
        verdict: Verdict::NotApplicable,
        keyword: None,
        severity: Severity::None,
        scenarios: Vec::new(),
        ..record(row, revision)
    };
    let records = [
        record(&explained, old),
        not_in_force(&explained, REVISION),
        not_in_force(&explaining, old),
        record(&explaining, REVISION),
    ];
    assert_eq!(ids(&causes(&records)), ["A-2 A-1"]);
}

#[test]
fn each_way_in_which_a_rule_is_broken_is_shown_once() {
    let row = must("A-1", &[], &[("a", 500), ("b", 403), ("c", 500), ("d", 401)]);
    let found = causes(&[record(&row, REVISION)]);
    let shown: Vec<_> = found[0].examples.iter().map(|example| example.seen.as_str()).collect();
    assert_eq!(shown, ["tools/list with a: HTTP 500", "tools/list with b: HTTP 403"]);
    assert_eq!(found[0].sentence, "The rule A-1 is kept: not so in 3 of 4 scenarios.");
}

/// What a rule would look at is not there, because of a fault that another rule names.
#[rstest]
#[case::answered_as_the_cause_shows("a", 500, None, &["A-2"])]
#[case::answered_otherwise("a", 404, None, &[])]
#[case::of_another_token("b", 500, None, &[])]
#[case::for_want_of_something("a", 500, Some("a key"), &[])]
fn what_is_undecided_because_of_a_cause_is_told_with_it(
    #[case] token: &str,
    #[case] status: u16,
    #[case] lack: Option<&str>,
    #[case] expected: &[&str],
) {
    let rows = [must("A-1", &[], &[("a", 500)]), must("A-2", &[], &[("a", 401)])];
    let mut records = rows.each_ref().map(|row| record(row, REVISION));
    let mut open = scenario(token, Verdict::Inconclusive, "a challenge", status);
    open.findings[0].lack = lack.map(str::to_owned);
    records[1].scenarios = vec![open];
    (records[1].verdict, records[1].severity) = (Verdict::Inconclusive, Severity::Incomplete);

    let found = causes(&records);
    let undecided: Vec<_> = found[0].undecided.iter().map(RequirementId::as_str).collect();
    assert_eq!(undecided, expected);
}

#[test]
fn a_cause_is_written_with_what_was_sent_and_what_came() {
    let rows = [should(must("A-1", &["A-2"], &[("a", 500)])), must("A-2", &[], &[("an ID token", 500)])];
    let records = rows.each_ref().map(|row| record(row, REVISION));
    insta::assert_snapshot!(serde_json::to_string_pretty(&causes(&records)).unwrap());
}
