//! Rules about what the reference server has not: probed on another server that has it, which keeps them all, and then
//! on the same server with one fault, which each rule must notice.
#![allow(clippy::expect_used, clippy::unwrap_used)]

mod connect;
mod elsewhere;
mod host;
mod issued;
mod proxy;
mod subject;
mod third_party;
mod verifier;

use futures::future::BoxFuture;
use harness::bench::{Bench, ServerBench, Variation};
use harness::catalogue::{Catalogue, RequirementId, Revision, Role};
use harness::declared::{HandleTool, Means, UpstreamTool};
use harness::findings::Verdict;
use harness::mcp::ToolCall;
use harness::plan::{Plan, Selection};
use harness::run::{RequirementResult, run};
use harness::token_name::{ForgeryName, OTHER_USER, TokenName, VALID};
use harness::tokens::forge::Particulars;
use harness::tokens::{Authority, Cannot, Token};
use harness::wire::{Limits, Sender};
use rstest::rstest;
use serde_json::{Value, json};
use std::sync::Arc;
use subject::{ALICE, BOB, BOUND, BOUND_ELSEWHERE, Fault, Subject};

/// Issues the tokens that the subject knows.
struct TwoUsers;

impl Authority for TwoUsers {
    fn issuer(&self) -> &'static str {
        "https://login.example"
    }

    fn client_id(&self) -> &'static str {
        "client"
    }

    fn describe(&self) -> String {
        "two tokens".to_owned()
    }

    fn issue<'a>(&'a self, name: &'a TokenName) -> BoxFuture<'a, Result<Token, Cannot>> {
        let named = |words: &str| words.parse::<TokenName>().as_ref() == Ok(name);
        let raw = match name {
            &VALID => Ok(ALICE),
            &OTHER_USER => Ok(BOB),
            _ if named("a token bound to a key") => Ok(BOUND),
            _ if named("a token bound to a key for another host") => Ok(BOUND_ELSEWHERE),
            _ => Err(Cannot::Issue { name: name.to_string(), reason: "the subject knows four tokens".to_owned() }),
        };
        Box::pin(async move { raw.map(|raw| Token { name: name.clone(), raw: raw.into() }) })
    }

    fn tailor(&self, forgery: ForgeryName, _: Particulars) -> BoxFuture<'_, Result<Token, Cannot>> {
        Box::pin(async move { self.issue(&TokenName::Forged(forgery)).await })
    }
}

fn tool(name: &str, arguments: Value) -> ToolCall {
    ToolCall { name: name.to_owned(), arguments: arguments.as_object().cloned().unwrap() }
}

fn bench(subject: &Subject) -> Bench {
    let means = Means {
        dpop: true,
        handle: Some(HandleTool {
            make: tool("make_handle", json!({})),
            pointer: "/structuredContent/handle".to_owned(),
            take: tool("use_handle", json!({ "handle": "{handle}" })),
        }),
        request_state: Some(tool("ask", json!({ "about": "colours" }))),
        task: Some(tool("work", json!({}))),
        elicitation: Some(tool("connect", json!({}))),
        upstream: Some(UpstreamTool { call: tool("fetch", json!({})), port: subject.upstream }),
        ..Means::default()
    };
    let server = ServerBench {
        endpoint: subject.endpoint.clone(),
        authority: Arc::new(TwoUsers),
        sender: Sender::new(Limits::default()).unwrap(),
        tool: tool("fetch", json!({})),
        means,
        effect: None,
        third_party: None,
        canary: None,
        subject: harness::declared::Subject::default(),
        answered_without_token: Vec::new(),
        keys: None,
    };
    Bench { server: Some(Arc::new(server)), ..Bench::default() }
}

/// Judges one requirement on the subject; again when somebody else has taken the port of its upstream API meanwhile.
fn judged(id: &str, revision: Revision, fault: Option<Fault>) -> RequirementResult {
    let attempts = std::iter::repeat_with(|| judged_once(id, revision, fault)).take(5);
    let is_taken = |result: &RequirementResult| findings(result).contains("cannot be listened on");
    let mut attempts = attempts.skip_while(is_taken);
    attempts.next().expect("a free port for the upstream API")
}

/// On a thread of its own, because a run cannot leave the one it began on.
fn judged_once(id: &str, revision: Revision, fault: Option<Fault>) -> RequirementResult {
    let catalogue = Catalogue::embedded().unwrap();
    let selection = Selection {
        roles: vec![Role::Server],
        revisions: vec![revision],
        ids: vec![RequirementId::parse(id).unwrap()],
    };
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let subject = Subject::start(fault).await;
            let plan = Plan::new(&catalogue, vec![Variation::honest(revision)], &selection);
            run(&plan, &bench(&subject), || ()).await.requirements.remove(0)
        })
    })
    .join()
    .unwrap()
}

fn findings(result: &RequirementResult) -> String {
    let all = result.scenarios.iter().flat_map(|scenario| scenario.findings.iter().map(move |one| (scenario, one)));
    let lines =
        all.map(|(scenario, one)| format!("{}: {} ({}; {})", scenario.name, one.verdict, one.expected, one.actual));
    lines.collect::<Vec<_>>().join("\n")
}

#[rstest]
#[case("RS-ISO-05")]
#[case("RS-ISO-06")]
#[case("RS-ISO-07")]
#[case("RS-ISO-08")]
#[case("RS-ISO-09")]
#[case("RS-ISO-10")]
#[case("RS-PASS-01")]
#[case("RS-PASS-06")]
#[case("RS-PASS-07")]
#[case("EXT-DPOP-06")]
#[case("EXT-DPOP-07")]
#[case("EXT-DPOP-08")]
#[case("EXT-DPOP-09")]
#[case("EXT-DPOP-10")]
#[case("EXT-DPOP-11")]
#[case("EXT-DPOP-12")]
fn a_server_that_keeps_the_rule_is_told_so(#[case] id: &str) {
    let result = judged(id, Revision::V2026_07_28, None);
    assert_eq!(result.verdict, Verdict::Met, "{}", findings(&result));
}

#[rstest]
#[case("RS-ISO-10")]
#[case("RS-PASS-01")]
#[case("RS-PASS-06")]
#[case("RS-PASS-07")]
fn so_is_one_with_a_handshake(#[case] id: &str) {
    let result = judged(id, Revision::V2025_11_25, None);
    assert_eq!(result.verdict, Verdict::Met, "{}", findings(&result));
}

#[rstest]
#[case("RS-ISO-05", Fault::HandleIsALogin)]
#[case("RS-ISO-06", Fault::HandleOfAnybody)]
#[case("RS-ISO-07", Fault::CountsHandles)]
#[case("RS-ISO-08", Fault::BelievesAnyState)]
#[case("RS-ISO-09", Fault::StateOfAnybody)]
#[case("RS-ISO-09", Fault::StateForAnyRequest)]
#[case("RS-ISO-10", Fault::TaskOfAnybody)]
#[case("RS-PASS-01", Fault::ForwardsToken)]
#[case("RS-PASS-01", Fault::ForwardsTokenInQuery)]
#[case("RS-PASS-06", Fault::PutsTokenIntoUrl)]
#[case("RS-PASS-07", Fault::AsksForPassword)]
#[case("EXT-DPOP-06", Fault::AcceptsNoProof)]
#[case("EXT-DPOP-06", Fault::ChecksNoProof)]
#[case("EXT-DPOP-07", Fault::ChecksNoTime)]
#[case("EXT-DPOP-08", Fault::ChecksNoThumbprint)]
#[case("EXT-DPOP-09", Fault::AcceptsBoundAsBearer)]
#[case("EXT-DPOP-10", Fault::ChallengesForBearer)]
#[case("EXT-DPOP-11", Fault::ChecksNoAudience)]
#[case("EXT-DPOP-12", Fault::AllowsReplay)]
fn a_server_that_breaks_the_rule_is_noticed(#[case] id: &str, #[case] fault: Fault) {
    let result = judged(id, Revision::V2026_07_28, Some(fault));
    assert_eq!(result.verdict, Verdict::Violated, "{}", findings(&result));
}

#[rstest]
#[case("RS-ISO-10", Fault::TaskOfAnybody)]
#[case("RS-ISO-10", Fault::ListsTasksOfAll)]
#[case("RS-PASS-01", Fault::ForwardsToken)]
#[case("RS-PASS-06", Fault::PutsTokenIntoUrl)]
#[case("RS-PASS-07", Fault::AsksForPassword)]
fn so_is_one_with_a_handshake_that_breaks_it(#[case] id: &str, #[case] fault: Fault) {
    let result = judged(id, Revision::V2025_11_25, Some(fault));
    assert_eq!(result.verdict, Verdict::Violated, "{}", findings(&result));
}

#[test]
fn a_server_of_which_nobody_told_is_not_judged() {
    let result = judged("RS-ISO-12", Revision::V2026_07_28, None);
    assert_eq!(result.verdict, Verdict::Inconclusive, "{}", findings(&result));
    assert!(findings(&result).contains("nobody told whether the server has a tool that tells who calls"));
}
