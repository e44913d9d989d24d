//! What is said of servers that refuse in another form than they ought to, or publish nothing: each fault is told once, by
//! the rule about it.

use super::{findings, verdict_with};
use crate::second::front::Front;
use crate::second::raise::judged;
use crate::second::setup::{Metadata, Setup, Verification};
use harness::bench::Variation;
use harness::catalogue::{Revision, Role};
use harness::declared::{Capabilities, Capability, Subject};
use harness::findings::Verdict;
use harness::mutation::{Act, Change, Mutant};
use harness::run::RequirementResult;
use harness::wire::{Request, Response};
use http::header::AUTHORIZATION;
use rstest::rstest;
use std::collections::BTreeSet;

const PLAIN: Setup = Setup {
    verification: Verification::Keys,
    trusts_two: false,
    lists_without_token: false,
    metadata: Metadata::Nothing,
    front: Front::Nothing,
    spoilt: crate::second::spoilt::Spoilt::Nothing,
    asks_no_scope: false,
};

fn declared() -> Subject {
    let whole = crate::second::setup::declared();
    let lacks = BTreeSet::from([Capability::Dpop]);
    let capabilities =
        Capabilities { consent_proxy: None, third_party: None, dpop: false, lacks, ..whole.capabilities };
    Subject { capabilities, ..whole }
}

const fn fault(name: &'static str, acts: &'static [Act]) -> Mutant {
    Mutant::of(Role::Server, name, &[], &[], acts)
}

fn refuses_a_token(request: &Request, response: &Response) -> bool {
    response.status == 401 && request.headers.contains_key(AUTHORIZATION)
}

fn refuses(_: &Request, response: &Response) -> bool {
    response.status == 401
}

fn metadata(request: &Request, _: &Response) -> bool {
    request.path().contains("/.well-known/oauth-protected-resource")
}

const ERROR: &str = r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"Invalid token"}}"#;
const REPORT: &str = r#"{"jsonrpc":"2.0","id":1,"result":{"content":[],"isError":true}}"#;

static WITH_500: Mutant = fault("500", &[Act::Answer(refuses_a_token, Change::Status(500))]);
static WITH_403: Mutant = fault("403", &[Act::Answer(refuses_a_token, Change::Status(403))]);
static WITH_404: Mutant = fault("404", &[Act::Answer(refuses_a_token, Change::Status(404))]);
static WITH_302: Mutant = fault("302", &[Act::Answer(refuses_a_token, Change::Status(302))]);
static WITH_ERROR: Mutant = fault("an error", &[Act::Answer(refuses_a_token, Change::Json(200, ERROR))]);
static WITH_REPORT: Mutant = fault("a report", &[Act::Answer(refuses_a_token, Change::Json(200, REPORT))]);
static WITHOUT_CHALLENGE: Mutant =
    fault("no challenge", &[Act::Answer(refuses_a_token, Change::DropHeader("www-authenticate"))]);
static RENAMED: Mutant = fault(
    "a renamed field",
    &[
        Act::Answer(refuses, Change::SetHeader("x-amzn-remapped-www-authenticate", "Bearer realm=\"mcp\"")),
        Act::Answer(refuses, Change::DropHeader("www-authenticate")),
    ],
);
static UNREADABLE: Mutant = fault(
    "a quote that is not closed",
    &[Act::Answer(refuses, Change::SetHeader("www-authenticate", "Bearer resource_metadata=\"http://localhost/x"))],
);
static NO_METADATA: Mutant = fault("no metadata", &[Act::Answer(metadata, Change::Json(404, "{}"))]);

fn violated(mutant: &'static Mutant, revision: Revision) -> (BTreeSet<String>, Vec<RequirementResult>) {
    let results = judged(PLAIN, declared(), &[], Variation { revision, mutant: Some(mutant) });
    let found = results.iter().filter(|one| one.verdict == Verdict::Violated);
    (found.map(|one| one.id.to_string()).collect(), results)
}

fn all_findings(results: &[RequirementResult], id: &str) -> String {
    results.iter().filter(|one| one.id.as_str() == id).map(findings).collect()
}

/// RS-TOKEN-05 speaks of strings that are no token and RS-CHALLENGE-14 of malformed credentials, which such a server answers
/// in the same form.
#[rstest]
#[case(&WITH_500, "HTTP 500")]
#[case(&WITH_403, "HTTP 403")]
#[case(&WITH_404, "HTTP 404")]
#[case(&WITH_302, "HTTP 302")]
#[case(&WITH_ERROR, "HTTP 200 with JSON-RPC error -32001: `{\"jsonrpc\":\"2.0\",\"id\":1,\"error\"")]
#[case(&WITH_REPORT, "HTTP 200 with a tool result that says isError: `{\"jsonrpc\":\"2.0\",\"id\":1,\"result\"")]
fn one_form_for_every_bad_token_is_one_fault(#[case] mutant: &'static Mutant, #[case] seen: &str) {
    let (mut violated, results) = violated(mutant, Revision::V2025_11_25);
    violated.remove("RS-CHALLENGE-14");
    // That a server does not fail over an odd token is a rule of its own.
    violated.remove("RS-JWT-27");
    assert_eq!(violated, BTreeSet::from(["RS-CHALLENGE-10", "RS-TOKEN-05"].map(str::to_owned)));
    let told = all_findings(&results, "RS-CHALLENGE-10");
    assert!(told.contains(seen), "{told}");
}

#[rstest]
#[case(&WITHOUT_CHALLENGE, "RS-CHALLENGE-02", "no WWW-Authenticate")]
#[case(&RENAMED, "RS-CHALLENGE-02", "no WWW-Authenticate, but x-amzn-remapped-www-authenticate: Bearer realm=\"mcp\"")]
#[case(&UNREADABLE, "RS-CHALLENGE-04", "at byte 25: a quote that is not closed")]
#[case(&NO_METADATA, "RS-PRM-01", "HTTP 404")]
fn what_is_missing_is_told_once(#[case] mutant: &'static Mutant, #[case] id: &str, #[case] seen: &str) {
    for revision in [Revision::V2025_06_18, Revision::V2025_11_25] {
        let (mut violated, results) = violated(mutant, revision);
        violated.remove("RS-CHALLENGE-14");
        assert_eq!(violated, BTreeSet::from([id.to_owned()]), "at {revision}");
        let told = all_findings(&results, id);
        assert!(told.contains(seen), "{told}");
    }
}

/// The operator does not declare which scopes there are, and a token that has none of them is accepted.
#[rstest]
#[case("RS-CHALLENGE-11", Verdict::NotApplicable)]
#[case("RS-PRM-13", Verdict::Met)]
fn a_server_that_needs_no_scope_names_none(#[case] id: &str, #[case] expected: Verdict) {
    static SILENT: Mutant =
        fault("no scope", &[Act::Answer(refuses, Change::SetHeader("www-authenticate", "Bearer realm=\"mcp\""))]);
    let undeclared = Subject { base_scopes: Vec::new(), operations: Vec::new(), ..declared() };
    let variation = Variation { revision: Revision::V2025_11_25, mutant: Some(&SILENT) };
    let (verdict, findings) = verdict_with(Setup { asks_no_scope: true, ..PLAIN }, undeclared, id, variation);
    assert_eq!(verdict, expected, "{findings}");
}
