//! Rules about what a server does with tokens of issuers that the harness plays, on a server that keeps them and on the
//! same with one fault. The server comes up the way that one does which a command starts: the command tells what it was
//! told, and the server listens where it was told to.

use crate::verifier::{BROAD, Fault, Metadata, NARROW, Setup, Told, serve};
use harness::bench::Variation;
use harness::catalogue::{Catalogue, RequirementId, Revision, Role};
use harness::declared::{Implication, ScopedOperation, Subject};
use harness::findings::Verdict;
use harness::issuer::IssuerForm;
use harness::mcp::ToolCall;
use harness::plan::{Plan, Selection};
use harness::run::{RequirementResult, run};
use harness::setup::subject::{Credentials, RaisedSubject, SubjectSettings, Target};
use harness::wire::Limits;
use rstest::rstest;
use serde_json::json;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What the operator of the server declares.
fn declared() -> Subject {
    let call = |name: &str, arguments: serde_json::Value| ToolCall {
        name: name.to_owned(),
        arguments: arguments.as_object().cloned().unwrap(),
    };
    Subject {
        protected: Some(call("get_time", json!({}))),
        operations: vec![ScopedOperation {
            name: "writing".to_owned(),
            call: call("write", json!({ "text": "{marker}" })),
            scopes: vec!["openid".to_owned(), NARROW.to_owned()],
        }],
        base_scopes: vec!["openid".to_owned()],
        scope_hierarchy: vec![Implication { broad: BROAD.to_owned(), narrow: NARROW.to_owned() }],
        rfc9068: true,
        key_cache_seconds: Some(2),
        ..Subject::default()
    }
}

/// Tells in the file what the server is told, and stays.
fn command(told: &Path) -> String {
    format!(
        "printf '%s\\n' \"$MCP_CONFORMANCE_AUTH_SERVER_URL\" \"$MCP_CONFORMANCE_SECOND_AUTH_SERVER_URL\" \"$PORT\" \
         > '{}'; exec sleep 600",
        told.display()
    )
}

/// A pipe, from which whoever reads waits until something was written.
fn pipe(folder: &Path) -> PathBuf {
    let path = folder.join("told");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    path
}

fn read(told: &Path) -> Told {
    let text = std::fs::read_to_string(told).unwrap();
    let [issuer, second_issuer, port] = text.lines().collect::<Vec<_>>()[..] else { panic!("three lines, not {text}") };
    Told { issuer: issuer.to_owned(), second_issuer: second_issuer.to_owned(), port: port.parse().unwrap() }
}

async fn raise(setup: Setup, subject: Subject, revision: Revision) -> RaisedSubject {
    let folder = tempfile::tempdir().unwrap();
    let told = pipe(folder.path());
    let command = command(&told);
    tokio::spawn(async move {
        let told = tokio::task::spawn_blocking(move || read(&told)).await.unwrap();
        serve(setup, told).await;
    });
    let settings = SubjectSettings {
        target: Target::Command { command, environment: Vec::new(), port: None, endpoint: None },
        subject,
        credentials: Credentials::None,
        accounts: Vec::new(),
        revisions: vec![revision],
        issuer: IssuerForm::Bare,
        limits: Limits::default(),
    };
    RaisedSubject::raise(settings).await.unwrap()
}

/// Judges requirements, or all, on a thread of its own, because a run cannot leave the one it began on.
fn judged(setup: Setup, subject: Subject, ids: &[&str], revision: Revision) -> Vec<RequirementResult> {
    let ids = ids.iter().map(|id| RequirementId::parse(id).unwrap()).collect();
    let selection = Selection { roles: vec![Role::Server], revisions: vec![revision], ids };
    let catalogue = Catalogue::embedded().unwrap();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let raised = raise(setup, subject, revision).await;
            let plan = Plan::new(&catalogue, vec![Variation::honest(revision)], &selection);
            let outcome = run(&plan, &raised.bench, || ()).await;
            raised.stop().await;
            outcome.requirements
        })
    })
    .join()
    .unwrap()
}

fn verdict(setup: Setup, subject: Subject, id: &str, revision: Revision) -> (Verdict, String) {
    let result = judged(setup, subject, &[id], revision).remove(0);
    (result.verdict, crate::findings(&result))
}

/// How the server is set up to have what a rule is about.
fn fit(id: &str, fault: Option<Fault>) -> Setup {
    Setup { fault, trusts_two: id == "RS-JWT-13", introspects: id == "RS-TOKEN-10", ..Setup::default() }
}

#[rstest]
#[case("RS-CHALLENGE-15")]
#[case("RS-JWT-08")]
#[case("RS-JWT-09")]
#[case("RS-JWT-11")]
#[case("RS-JWT-13")]
#[case("RS-JWT-18")]
#[case("RS-SCOPE-02")]
#[case("RS-SCOPE-03")]
#[case("RS-TOKEN-10")]
fn a_server_that_keeps_the_rule_is_told_so(#[case] id: &str) {
    let (verdict, findings) = verdict(fit(id, None), declared(), id, Revision::V2026_07_28);
    assert_eq!(verdict, Verdict::Met, "{findings}");
}

#[rstest]
#[case("RS-JWT-08", Fault::KeepsFirstKeys)]
#[case("RS-JWT-08", Fault::KeepsEveryKey)]
#[case("RS-JWT-09", Fault::AsksForKeysEachTime)]
#[case("RS-JWT-11", Fault::AcceptsAnyType)]
#[case("RS-JWT-11", Fault::AcceptsNoType)]
#[case("RS-JWT-11", Fault::KnowsSmallLettersOnly)]
#[case("RS-JWT-11", Fault::KnowsTheShortFormOnly)]
#[case("RS-JWT-13", Fault::PutsAllKeysTogether)]
#[case("RS-JWT-18", Fault::DoesWithout("sub"))]
#[case("RS-JWT-18", Fault::DoesWithout("client_id"))]
#[case("RS-JWT-18", Fault::DoesWithout("iat"))]
#[case("RS-JWT-18", Fault::DoesWithout("jti"))]
#[case("RS-SCOPE-03", Fault::WantsTheNarrowScope)]
#[case("RS-TOKEN-10", Fault::IgnoresInactive)]
fn a_server_that_breaks_the_rule_is_noticed(#[case] id: &str, #[case] fault: Fault) {
    let (verdict, findings) = verdict(fit(id, Some(fault)), declared(), id, Revision::V2026_07_28);
    assert_eq!(verdict, Verdict::Violated, "{findings}");
}

#[rstest]
#[case("RS-JWT-11", Fault::DoesWithout("sub"))]
#[case("RS-JWT-18", Fault::AcceptsAnyType)]
fn one_rule_about_the_profile_does_not_answer_for_the_other(#[case] id: &str, #[case] fault: Fault) {
    let (verdict, findings) = verdict(fit(id, Some(fault)), declared(), id, Revision::V2026_07_28);
    assert_eq!(verdict, Verdict::Met, "{findings}");
}

#[rstest]
#[case::one_issuer("RS-JWT-13", Setup::default(), "does not name two issuers")]
#[case::keys("RS-TOKEN-10", Setup::default(), "asked for no introspection")]
#[case::introspection("RS-JWT-09", Setup { introspects: true, ..Setup::default() }, "for no keys")]
fn what_the_server_has_not_is_not_asked_of_it(#[case] id: &str, #[case] setup: Setup, #[case] reason: &str) {
    let (verdict, findings) = verdict(setup, declared(), id, Revision::V2026_07_28);
    assert_eq!(verdict, Verdict::NotApplicable, "{findings}");
    assert!(findings.contains(reason), "{findings}");
}

/// Keys that are not fetched anew at once break no rule while nobody told for how long they may be kept.
#[rstest]
#[case(Fault::KeepsFirstKeys, "a new key was not found")]
#[case(Fault::KeepsEveryKey, "the withdrawn key still works")]
fn nobody_is_accused_who_may_keep_keys_longer(#[case] fault: Fault, #[case] reason: &str) {
    let untold = Subject { key_cache_seconds: None, ..declared() };
    let (verdict, findings) = verdict(fit("RS-JWT-08", Some(fault)), untold, "RS-JWT-08", Revision::V2026_07_28);
    assert_eq!(verdict, Verdict::Inconclusive, "{findings}");
    assert!(findings.contains(reason) && findings.contains("key_cache_seconds"), "{findings}");
}

fn mixed(fault: Option<Fault>) -> Setup {
    Setup { fault, lists_for_everybody: true, ..Setup::default() }
}

/// What everybody may use of the server that lists its tools for everybody.
fn with_public_part(revision: Revision) -> Subject {
    let public = match revision.is_stateless() {
        true => vec!["tools/list", "server/discover", "subscriptions/listen", "a notification", "initialize"],
        false => vec!["tools/list", "initialize", "a notification"],
    };
    Subject { public_operations: Some(public.into_iter().map(str::to_owned).collect()), ..declared() }
}

fn violated(results: &[RequirementResult]) -> BTreeSet<String> {
    results.iter().filter(|one| one.verdict == Verdict::Violated).map(|one| one.id.to_string()).collect()
}

/// The whole battery: what is broken is what the same server breaks that lists its tools for those with a token.
#[rstest]
#[case::declared(true, Revision::V2025_11_25)]
#[case::declared(true, Revision::V2026_07_28)]
#[case::undeclared(false, Revision::V2026_07_28)]
fn a_server_that_lists_its_tools_for_everybody_breaks_no_rule_by_that(#[case] told: bool, #[case] revision: Revision) {
    let subject = if told { with_public_part(revision) } else { Subject { protected: None, ..declared() } };

    let ordinary = judged(Setup::default(), declared(), &[], revision);
    let mixed = judged(mixed(None), subject, &[], revision);

    assert_eq!(violated(&mixed), violated(&ordinary));
    let of = |id: &str| mixed.iter().find(|one| one.id.as_str() == id).unwrap();
    for id in ["RS-TOKEN-01", "RS-JWT-01", "RS-AUD-01", "RS-CHALLENGE-02", "RS-CHALLENGE-10", "RS-PRM-01"] {
        assert_eq!(of(id).verdict, Verdict::Met, "{}", crate::findings(of(id)));
    }
    let open = of("RS-CHALLENGE-01");
    assert_eq!(open.verdict, if told { Verdict::Met } else { Verdict::Inconclusive }, "{}", crate::findings(open));
}

#[test]
fn its_tools_are_for_those_with_a_token_all_the_same() {
    let setup = mixed(Some(Fault::CallsToolsForEverybody));
    let subject = with_public_part(Revision::V2026_07_28);
    let (verdict, findings) = verdict(setup, subject, "RS-CHALLENGE-01", Revision::V2026_07_28);
    assert_eq!(verdict, Verdict::Violated, "{findings}");
}

#[test]
fn who_says_that_nothing_is_public_is_held_to_it() {
    let nothing = Subject { public_operations: Some(Vec::new()), ..declared() };
    let (verdict, findings) = verdict(mixed(None), nothing, "RS-CHALLENGE-01", Revision::V2026_07_28);
    assert_eq!(verdict, Verdict::Violated, "{findings}");
}

/// Revision 2025-03-26 has clients look for the authorization server at the host of the MCP server, also where the
/// authorization server is somebody else's; what that one does is not the MCP server's fault.
#[rstest]
#[case("RS-LEGACY-01", Metadata::OfTheIssuer, Verdict::Met)]
#[case("RS-LEGACY-02", Metadata::OfTheIssuer, Verdict::Met)]
#[case("RS-LEGACY-03", Metadata::OfTheIssuer, Verdict::NotApplicable)]
#[case("RS-LEGACY-04", Metadata::OfTheIssuer, Verdict::Met)]
#[case("RS-LEGACY-05", Metadata::OfTheIssuer, Verdict::Met)]
#[case("RS-LEGACY-06", Metadata::OfTheIssuer, Verdict::NotApplicable)]
#[case("RS-LEGACY-04", Metadata::OfTheIssuerWithoutRegistration, Verdict::NotApplicable)]
#[case("RS-LEGACY-01", Metadata::OfTheIssuerBelowTheRoot, Verdict::NotApplicable)]
#[case("RS-LEGACY-02", Metadata::OfTheIssuerBelowTheRoot, Verdict::NotApplicable)]
#[case("RS-LEGACY-03", Metadata::OfTheIssuerBelowTheRoot, Verdict::NotApplicable)]
#[case("RS-LEGACY-01", Metadata::Nothing, Verdict::NotApplicable)]
#[case("RS-LEGACY-04", Metadata::Nothing, Verdict::NotApplicable)]
#[case("RS-LEGACY-01", Metadata::Own, Verdict::Met)]
#[case("RS-LEGACY-04", Metadata::Own, Verdict::Violated)]
#[case("RS-LEGACY-02", Metadata::OwnWithoutEndpoints, Verdict::Violated)]
#[case("RS-LEGACY-01", Metadata::OwnBelowTheRoot, Verdict::Violated)]
fn metadata_of_another_issuer_is_not_the_servers_own(
    #[case] id: &str,
    #[case] metadata: Metadata,
    #[case] expected: Verdict,
) {
    let (verdict, findings) = verdict(Setup { metadata, ..Setup::default() }, declared(), id, Revision::V2025_03_26);
    assert_eq!(verdict, expected, "{findings}");
}
