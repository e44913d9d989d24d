//! Runs of clients for the unit tests of judges, told line by line.

use crate::bench::ClientRun;
use crate::bench::client::scene::{Party, Place, Scene};
use crate::bench::client::{Registration, Sent, Spot};
use crate::findings::{Finding, Verdict};
use crate::wire::{Exchange, Request, Response};
use http::{HeaderMap, Method};
use serde_json::{Value, json};
use std::time::Duration;

/// The first issuer of the runs that are told here.
pub(in super::super) const FIRST: &str = "http://localhost:1/tenant1";
/// The second.
pub(in super::super) const SECOND: &str = "http://localhost:1/tenant2";

/// One request of a client and its answer.
#[derive(Clone)]
pub(in super::super) struct Line {
    to: Party,
    spot: Spot,
    turn: usize,
    query: &'static str,
    form: &'static str,
    answer: Value,
}

impl Line {
    fn new(to: Party, spot: Spot) -> Self {
        Self { to, spot, turn: 0, query: "", form: "", answer: json!({}) }
    }

    /// The same after the server has turned to another issuer so often.
    pub(in super::super) fn at_turn(self, turn: usize) -> Self {
        Self { turn, ..self }
    }
}

/// It registers at an issuer and is given this identifier, and a secret.
pub(in super::super) fn registers(at: Place, given: &str) -> Line {
    let answer = json!({ "client_id": given, "client_secret": format!("secret-of-{given}") });
    Line { answer, ..Line::new(Party::Authority(at), Spot::Registration) }
}

/// It sends an authorization request with this query.
pub(in super::super) fn authorizes(at: Place, query: &'static str) -> Line {
    Line { query, ..Line::new(Party::Authority(at), Spot::Authorization) }
}

/// It sends a token request with this form.
pub(in super::super) fn redeems(at: Place, form: &'static str) -> Line {
    Line { form, ..Line::new(Party::Authority(at), Spot::Token) }
}

/// It reads protected resource metadata that names this issuer.
pub(in super::super) fn reads(issuer: &str) -> Line {
    let answer = json!({ "authorization_servers": [issuer] });
    Line { answer, ..Line::new(Party::Server(Place::First), Spot::ResourceMetadata) }
}

/// Credentials that the client was told, of the first issuer.
pub(in super::super) fn credentials(client_id: &str) -> Registration {
    let (client_id, client_secret) = (client_id.to_owned(), "a-secret".to_owned().into());
    Registration::PreRegistered { client_id, client_secret, issuer: FIRST.to_owned() }
}

/// A run in a scene with two issuers on one host.
pub(in super::super) fn run(
    scene: &'static Scene,
    registration: Registration,
    lines: impl IntoIterator<Item = Line>,
) -> ClientRun {
    let exchange = |Line { to, spot, turn, query, form, answer }: Line| {
        let purpose = Sent { scene, to, spot, turn, path: String::new() };
        let request = Request::new(purpose, Method::GET, format!("http://localhost:1/x?{query}")).content(form);
        let body = answer.to_string().into();
        let response = Response { status: 200, headers: HeaderMap::new(), body, truncated: false };
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

/// The worst of some findings.
pub(in super::super) fn worst(findings: Vec<Finding>) -> Verdict {
    Verdict::worst(findings.into_iter().map(|finding| finding.verdict))
}
