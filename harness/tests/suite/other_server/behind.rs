//! What is said of a server behind a network: what gateways, firewalls and rate limits answer in its place is held against
//! no server, and where repeating a request decides, everything is decided as without them.

use super::findings;
use crate::second::front::Front;
use crate::second::raise::{judged, raise};
use crate::second::setup::{self, Metadata, Setup, Verification};
use harness::bench::Variation;
use harness::catalogue::Revision;
use harness::declared::{Capabilities, Subject};
use harness::findings::Verdict;
use harness::run::RequirementResult;
use harness::wire::Limits;
use rstest::rstest;
use std::sync::LazyLock;

/// The same without anything before it.
static ALONE: LazyLock<Vec<RequirementResult>> = LazyLock::new(|| behind(Front::Nothing));

const REVISION: Revision = Revision::V2025_11_25;

/// The whole battery on a server behind `front`.
fn behind(front: Front) -> Vec<RequirementResult> {
    let setup = Setup {
        verification: Verification::Keys,
        trusts_two: false,
        lists_without_token: false,
        metadata: Metadata::Nothing,
        front,
        spoilt: crate::second::spoilt::Spoilt::Nothing,
        asks_no_scope: false,
    };
    let whole = setup::declared();
    let capabilities = Capabilities { consent_proxy: None, third_party: None, ..whole.capabilities };
    let subject = Subject { capabilities, key_cache_seconds: None, ..whole };
    judged(setup, subject, &[], Variation::honest(REVISION))
}

#[rstest]
#[case::a_gateway_that_fails(Front::Fails { every: 5, status: 502 })]
#[case::a_gateway_that_is_out_for_a_moment(Front::Fails { every: 5, status: 503 })]
#[case::a_connection_that_breaks(Front::HangsUp { every: 5 })]
#[case::a_rate_limit(Front::Limits)]
#[case::a_firewall_that_blocks_at_times(Front::Blocks { every: 5 })]
#[case::a_firewall_that_wants_a_name(Front::BlocksTheNameless)]
#[case::a_gateway_that_wants_a_key(Front::WantsKey)]
fn what_repeating_decides_is_decided_as_without_it(#[case] front: Front) {
    let results = behind(front);

    assert_eq!(ALONE.len(), results.len());
    for (alone, result) in ALONE.iter().zip(&results) {
        assert_eq!(result.verdict, alone.verdict, "{}: {}", result.id, findings(result));
    }
}

#[test]
fn a_firewall_that_blocks_credentials_is_not_the_server() {
    let results = behind(Front::BlocksCredentials);

    let accused: Vec<_> = results.iter().filter(|one| one.verdict == Verdict::Violated).map(findings).collect();
    assert!(accused.is_empty(), "{accused:#?}");
    let valid = results.iter().find(|one| one.id.as_str() == "RS-TOKEN-01").unwrap();
    assert_eq!(valid.verdict, Verdict::Inconclusive);
    let lacks = valid.scenarios.iter().flat_map(|scenario| &scenario.findings).filter_map(|one| one.lack.as_deref());
    assert!(lacks.clone().any(|lack| lack.contains("before the server")), "{:?}", lacks.collect::<Vec<_>>());
}

fn violated(results: &[RequirementResult]) -> Vec<String> {
    results.iter().filter(|one| one.verdict == Verdict::Violated).map(|one| one.id.to_string()).collect()
}

/// What `results` differ in from the server alone, but for `but`.
fn assert_as_alone(results: &[RequirementResult], but: &[&str]) {
    for (alone, result) in ALONE.iter().zip(results).filter(|(alone, _)| !but.contains(&alone.id.as_str())) {
        assert_eq!(result.verdict, alone.verdict, "{}: {}", result.id, findings(result));
    }
}

#[test]
fn a_redirect_is_no_refusal_and_the_rest_is_judged_where_it_leads() {
    let results = behind(Front::Redirects);

    assert_eq!(violated(&results), ["RS-CHALLENGE-01"]);
    let redirect = results.iter().find(|one| one.id.as_str() == "RS-CHALLENGE-01").unwrap();
    assert!(findings(redirect).contains("HTTP 307"), "{}", findings(redirect));
    assert_as_alone(&results, &["RS-CHALLENGE-01"]);
}

#[test]
fn metadata_that_names_another_resource_costs_the_rules_about_metadata() {
    let results = behind(Front::NamesOrigin);

    let violated = violated(&results);
    // RS-AUD-07 is about what is published and what is accepted, which differ.
    let is_about = |id: &str| id.starts_with("RS-PRM-") || id == "RS-AUD-07";
    assert!(violated.len() > 1 && violated.iter().all(|id| is_about(id)), "{violated:?}");
    let all: Vec<_> = results.iter().map(|one| one.id.as_str()).filter(|id| is_about(id)).collect();
    assert_as_alone(&results, &all);
}

/// An endpoint that answers a GET by a stream without an end is there as soon as the stream begins.
#[test]
fn a_stream_without_an_end_holds_nothing_up() {
    let began = std::time::Instant::now();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let raised = runtime.block_on(async {
        let raised = raise(Setup { front: Front::Streams, ..Setup::WHOLE }, setup::declared(), vec![REVISION]).await;
        raised.stop().await
    });
    assert_eq!(raised, None);
    assert!(began.elapsed() < Limits::default().time, "it took {:?}", began.elapsed());
}
