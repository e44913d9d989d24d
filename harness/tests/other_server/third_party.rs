//! Rules about servers that send their users to a third party, on a server that keeps them and on one that breaks each.

use super::{TwoUsers, findings, tool};
use crate::{connect, proxy};
use harness::bench::{Bench, ServerBench, ThirdParty, Variation};
use harness::catalogue::{Catalogue, RequirementId, Revision, Role};
use harness::declared::{Account, ConsentProxy, Means};
use harness::findings::Verdict;
use harness::plan::{Plan, Selection};
use harness::run::{RequirementResult, run};
use harness::wire::{Limits, Sender};
use rstest::rstest;
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;

const PROXY: [&str; 9] = [
    "RS-LEGACY-06",
    "RS-PROXY-01",
    "RS-PROXY-02",
    "RS-PROXY-03",
    "RS-PROXY-04",
    "RS-PROXY-05",
    "RS-PROXY-06",
    "RS-PROXY-07",
    "RS-PROXY-08",
];

/// Which server, with which fault.
#[derive(Clone, Copy)]
enum Kind {
    Proxy(Option<proxy::Fault>),
    Connect(Option<connect::Fault>),
}

fn means(kind: Kind) -> Means {
    match kind {
        Kind::Proxy(_) => Means {
            consent_proxy: Some(ConsentProxy { approve: "Allow".to_owned(), ..ConsentProxy::default() }),
            ..Means::default()
        },
        Kind::Connect(_) => Means {
            elicitation: Some(tool("calendar", json!({}))),
            disconnect: Some(tool("disconnect", json!({}))),
            ..Means::default()
        },
    }
}

fn account(name: &str) -> Account {
    Account {
        name: name.to_owned(),
        username: Some(name.to_owned()),
        password_env: Some(connect::PASSWORD_ENV.to_owned()),
        ..Account::default()
    }
}

/// Judges requirements, on a thread of its own, because a run cannot leave the one it began on.
fn judged(kind: Kind, ids: &[&str], revisions: &[Revision]) -> Vec<RequirementResult> {
    let (ids, revisions) = (ids.iter().map(|id| RequirementId::parse(id).unwrap()).collect(), revisions.to_vec());
    let selection = Selection { roles: vec![Role::Server], revisions: revisions.clone(), ids };
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let third_party = ThirdParty::start(None).await.unwrap();
            let endpoint = match kind {
                Kind::Proxy(fault) => proxy::start(third_party.origin(), fault).await,
                Kind::Connect(fault) => connect::start(third_party.origin(), fault).await,
            };
            let accounts = vec![account("alice"), account("bob")];
            let server = ServerBench {
                endpoint,
                authority: Arc::new(TwoUsers),
                sender: Sender::new(Limits::default()).unwrap(),
                tool: tool("calendar", json!({})),
                means: means(kind),
                effect: None,
                third_party: Some(third_party),
                canary: None,
                answered_without_token: Vec::new(),
                subject: harness::declared::Subject { accounts, ..harness::declared::Subject::default() },
                keys: None,
            };
            let bench = Bench { server: Some(Arc::new(server)), ..Bench::default() };
            let catalogue = Catalogue::embedded().unwrap();
            let variations = revisions.into_iter().map(Variation::honest).collect();
            run(&Plan::new(&catalogue, variations, &selection), &bench, || ()).await.requirements
        })
    })
    .join()
    .unwrap()
}

fn with(results: &[RequirementResult], verdict: Verdict) -> Vec<String> {
    let ids: BTreeSet<_> =
        results.iter().filter(|result| result.verdict == verdict).map(|result| result.id.to_string()).collect();
    ids.into_iter().collect()
}

fn told(results: &[RequirementResult]) -> String {
    let lines = results.iter().map(|result| format!("{} {}\n{}", result.id, result.verdict, findings(result)));
    lines.collect::<Vec<_>>().join("\n\n")
}

const AT: [Revision; 2] = [Revision::V2025_03_26, Revision::V2025_11_25];

#[test]
fn a_proxy_that_keeps_the_rules_is_told_so() {
    let results = judged(Kind::Proxy(None), &PROXY, &AT);
    assert_eq!(with(&results, Verdict::Met), PROXY, "{}", told(&results));
    assert_eq!(with(&results, Verdict::Inconclusive), Vec::<String>::new(), "{}", told(&results));
}

#[rstest]
#[case(proxy::Fault::ForwardsAtOnce, &["RS-PROXY-01"])]
#[case(proxy::Fault::ConsentsForAllClients, &["RS-PROXY-01", "RS-PROXY-04"])]
#[case(proxy::Fault::HidesClient, &["RS-PROXY-02"])]
#[case(proxy::Fault::HidesScopes, &["RS-PROXY-02"])]
#[case(proxy::Fault::HidesRedirectUri, &["RS-PROXY-02"])]
#[case(proxy::Fault::ChecksNoCsrfToken, &["RS-PROXY-03"])]
#[case(proxy::Fault::TakesAnyCsrfToken, &["RS-PROXY-03"])]
#[case(proxy::Fault::AllowsFrames, &["RS-PROXY-03"])]
#[case(proxy::Fault::SetsPlainCookie, &["RS-PROXY-04"])]
#[case(proxy::Fault::BelievesConsentCookie, &["RS-PROXY-04"])]
#[case(proxy::Fault::ComparesBeginnings, &["RS-PROXY-05"])]
#[case(proxy::Fault::IgnoresCase, &["RS-PROXY-05"])]
#[case(proxy::Fault::IgnoresState, &["RS-PROXY-06"])]
#[case(proxy::Fault::KeepsState, &["RS-PROXY-06"])]
#[case(proxy::Fault::TakesStateFromAnybody, &["RS-PROXY-06"])]
#[case(proxy::Fault::CountsStates, &["RS-PROXY-06"])]
#[case(proxy::Fault::SetsStateEarly, &["RS-PROXY-07"])]
#[case(proxy::Fault::OutlivesThirdParty, &["RS-PROXY-08"])]
#[case(proxy::Fault::TokensWithoutEnd, &["RS-LEGACY-06"])]
#[case(proxy::Fault::KeepsRefreshToken, &["RS-LEGACY-06"])]
fn a_proxy_that_breaks_a_rule_breaks_this_one(#[case] fault: proxy::Fault, #[case] expected: &[&str]) {
    let results = judged(Kind::Proxy(Some(fault)), &PROXY, &AT);
    assert_eq!(with(&results, Verdict::Violated), expected, "{}", told(&results));
    assert_eq!(with(&results, Verdict::HarnessError), Vec::<String>::new(), "{}", told(&results));
}

const ELICITS: [&str; 2] = ["RS-PASS-03", "RS-PASS-05"];
const BOTH: [Revision; 2] = [Revision::V2025_11_25, Revision::V2026_07_28];

#[test]
fn whoever_keeps_what_was_elicited_to_the_user_is_told_so() {
    assert_eliciting(None, &[]);
}

#[rstest]
#[case(connect::Fault::ShowsToken, &["RS-PASS-03"])]
#[case(connect::Fault::ShowsTokenInField, &["RS-PASS-03"])]
#[case(connect::Fault::TakesAnyUser, &["RS-PASS-05"])]
#[case(connect::Fault::AsksForNoLogin, &["RS-PASS-05"])]
fn whoever_elicits_and_breaks_a_rule_breaks_this_one(#[case] fault: connect::Fault, #[case] expected: &[&str]) {
    assert_eliciting(Some(fault), expected);
}

fn assert_eliciting(fault: Option<connect::Fault>, expected: &[&str]) {
    let results = judged(Kind::Connect(fault), &ELICITS, &BOTH);
    assert_eq!(with(&results, Verdict::Violated), expected, "{}", told(&results));
    let met = ELICITS.into_iter().filter(|id| !expected.contains(id)).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(with(&results, Verdict::Met), met, "{}", told(&results));
    assert_eq!(with(&results, Verdict::Inconclusive), Vec::<String>::new(), "{}", told(&results));
}
