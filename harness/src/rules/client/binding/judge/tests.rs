#![allow(clippy::unwrap_used)]
use super::*;
use crate::bench::client::scene::{Party, Scene};
use crate::bench::client::scenes::binding::{ELSEWHERE, MOVED};
use crate::bench::client::{Registration, Sent};
use crate::findings::Verdict;
use crate::wire::{Exchange, Request, Response};
use http::{HeaderMap, Method};
use rstest::rstest;
use serde_json::{Value, json};
use std::time::Duration;

const FIRST: &str = "http://localhost:1/tenant1";
const SECOND: &str = "http://localhost:1/tenant2";

/// One request of a client and its answer.
struct Line {
    to: Party,
    spot: Spot,
    query: &'static str,
    form: &'static str,
    answer: Value,
}

fn line(to: Party, spot: Spot) -> Line {
    Line { to, spot, query: "", form: "", answer: json!({}) }
}

fn registers(at: Place, given: &str) -> Line {
    Line { answer: json!({ "client_id": given }), ..line(Party::Authority(at), Spot::Registration) }
}

fn authorizes(at: Place, query: &'static str) -> Line {
    Line { query, ..line(Party::Authority(at), Spot::Authorization) }
}

fn redeems(at: Place, form: &'static str) -> Line {
    Line { form, ..line(Party::Authority(at), Spot::Token) }
}

fn reads(issuer: &str) -> Line {
    let answer = json!({ "authorization_servers": [issuer] });
    Line { answer, ..line(Party::Server(Place::First), Spot::ResourceMetadata) }
}

fn run(scene: &'static Scene, registration: Registration, lines: Vec<Line>) -> ClientRun {
    let exchange = |Line { to, spot, query, form, answer }: Line| {
        let purpose = Sent { scene, to, spot, turn: 0, path: String::new() };
        let request = Request::new(purpose, Method::GET, format!("http://localhost:1/x?{query}")).content(form);
        let response =
            Response { status: 200, headers: HeaderMap::new(), body: answer.to_string().into(), truncated: false };
        Exchange { number: 0, request, answer: Ok(response), honest: None, took: Duration::ZERO }
    };
    ClientRun {
        scene,
        trace: lines.into_iter().map(exchange).collect(),
        ending: "the client ended well".to_owned(),
        endpoints: vec!["http://localhost:2/mcp".to_owned()],
        issuers: vec![FIRST.to_owned(), SECOND.to_owned()],
        registration,
    }
}

fn worst(findings: Vec<Finding>) -> Verdict {
    Verdict::worst(findings.into_iter().map(|finding| finding.verdict))
}

/// Registered at both, and then these.
fn registered_at_both(then: Vec<Line>) -> Verdict {
    let before = vec![registers(Place::First, "a"), registers(Place::Second, "b")];
    worst(kept_apart(&run(&MOVED, Registration::Dynamic, before.into_iter().chain(then).collect())))
}

#[rstest]
#[case::each_at_home("client_id=a", "client_id=b", Verdict::Met)]
#[case::the_first_at_the_second("client_id=a", "client_id=a", Verdict::Violated)]
#[case::exchanged("client_id=b", "client_id=a", Verdict::Violated)]
#[case::metadata_document("client_id=https://c.example/c", "client_id=https://c.example/c", Verdict::NotApplicable)]
#[case::of_no_issuer("client_id=a", "client_id=c", Verdict::Inconclusive)]
#[case::not_named("client_id=a", "", Verdict::Inconclusive)]
fn identifiers_are_compared_with_those_that_were_issued(
    #[case] first: &'static str,
    #[case] second: &'static str,
    #[case] expected: Verdict,
) {
    let verdict = registered_at_both(vec![authorizes(Place::First, first), authorizes(Place::Second, second)]);
    assert_eq!(verdict, expected);
}

#[test]
fn a_client_that_never_came_to_the_second_issuer_was_not_seen() {
    let lines = vec![registers(Place::First, "a"), authorizes(Place::First, "client_id=a")];
    assert_eq!(worst(kept_apart(&run(&MOVED, Registration::Dynamic, lines))), Verdict::Inconclusive);
}

#[rstest]
#[case::stops(vec![], Verdict::Met)]
#[case::presented_to_the_one_that_is_named(vec![authorizes(Place::Second, "client_id=told")], Verdict::Violated)]
#[case::redeemed_there(vec![redeems(Place::Second, "client_id=told")], Verdict::Violated)]
#[case::goes_on_where_it_was(vec![authorizes(Place::First, "client_id=told")], Verdict::Violated)]
#[case::refreshes_where_it_was(vec![redeems(Place::First, "client_id=told")], Verdict::Met)]
#[case::registers_anew(
    vec![registers(Place::Second, "b"), authorizes(Place::Second, "client_id=b")],
    Verdict::Met
)]
fn credentials_are_not_used_once_the_metadata_names_another_issuer(#[case] then: Vec<Line>, #[case] expected: Verdict) {
    let lines = [reads(FIRST), authorizes(Place::First, "client_id=told"), reads(SECOND)].into_iter().chain(then);
    assert_eq!(worst(not_mismatched(&run(&ELSEWHERE, told(), lines.collect()))), expected);
}

#[test]
fn a_client_that_did_not_read_the_metadata_was_not_tried() {
    let lines = vec![reads(FIRST), authorizes(Place::Second, "client_id=told")];
    assert_eq!(worst(not_mismatched(&run(&ELSEWHERE, told(), lines))), Verdict::Inconclusive);
}

fn told() -> Registration {
    let secret = "a-secret".to_owned().into();
    Registration::PreRegistered { client_id: "told".to_owned(), client_secret: secret, issuer: FIRST.to_owned() }
}
