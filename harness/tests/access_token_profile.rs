//! The rules about RFC 9068 on a subject that follows it, and on the same with one fault: the reference server trusts
//! what Cognito issues, to which these rules do not apply.
#![allow(clippy::expect_used, clippy::unwrap_used)]

mod support;

use axum::extract::{Json, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use harness::bench::{Bench, ServerBench, Variation};
use harness::catalogue::{Catalogue, RequirementId, Revision};
use harness::judge::Verdict;
use harness::plan::{Plan, Selection};
use harness::rig::Ground;
use harness::run::{Outcome, run};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::{Map, Value, json};
use std::sync::{Arc, Mutex};

/// What the subject does wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    Nothing,
    AcceptsAnyType,
    AcceptsNoType,
    KnowsSmallLettersOnly,
    KnowsTheShortFormOnly,
    DoesWithout(&'static str),
}

/// An MCP server at one URL, which trusts one issuer.
struct Subject {
    fault: Mutex<Fault>,
    keys: JwkSet,
    issuer: String,
    audience: String,
}

impl Subject {
    fn accepts(&self, token: &str) -> Option<()> {
        let fault = *self.fault.lock().unwrap();
        let header = decode_header(token).ok()?;
        let key = DecodingKey::from_jwk(self.keys.find(header.kid.as_deref()?)?).ok()?;
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        validation.set_required_spec_claims(&["iss", "aud", "exp"]);
        let claims = decode::<Map<String, Value>>(token, &key, &validation).ok()?.claims;
        let lacks = |name: &&'static str| !claims.contains_key(*name) && fault != Fault::DoesWithout(name);
        let complete = !["sub", "client_id", "iat", "jti"].iter().any(lacks);
        (complete && accepts_type(header.typ.as_deref(), fault)).then_some(())
    }
}

fn accepts_type(given: Option<&str>, fault: Fault) -> bool {
    let Some(given) = given else { return matches!(fault, Fault::AcceptsNoType | Fault::AcceptsAnyType) };
    match fault {
        Fault::AcceptsAnyType => true,
        Fault::KnowsSmallLettersOnly => ["at+jwt", "application/at+jwt"].contains(&given),
        Fault::KnowsTheShortFormOnly => given.eq_ignore_ascii_case("at+jwt"),
        _ => ["at+jwt", "application/at+jwt"].iter().any(|known| known.eq_ignore_ascii_case(given)),
    }
}

async fn answer(State(subject): State<Arc<Subject>>, headers: HeaderMap, Json(message): Json<Value>) -> Response {
    let field = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    match field.strip_prefix("Bearer ").and_then(|token| subject.accepts(token)) {
        Some(()) => Json(json!({ "jsonrpc": "2.0", "id": message["id"], "result": { "tools": [] } })).into_response(),
        None => (StatusCode::UNAUTHORIZED, [("www-authenticate", "Bearer error=\"invalid_token\"")]).into_response(),
    }
}

/// The bench around the reference server, turned to another one.
async fn turn_to_subject(mut server: ServerBench) -> (Bench, Arc<Subject>) {
    let keys = reqwest::get(server.keys.as_ref().unwrap().behind().clone()).await.unwrap().json().await.unwrap();
    let subject = Arc::new(Subject {
        fault: Mutex::new(Fault::Nothing),
        keys,
        issuer: server.authority.issuer().to_owned(),
        audience: server.endpoint.clone(),
    });
    let router = axum::Router::new().fallback(answer).with_state(Arc::clone(&subject));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    server.endpoint = format!("http://{}/mcp", listener.local_addr().unwrap());
    server.subject.rfc9068 = true;
    tokio::spawn(async move { axum::serve(listener, router).await });
    (Bench { server: Some(Arc::new(server)), ..Bench::default() }, subject)
}

async fn judge(bench: &Bench) -> Outcome {
    let catalogue = Catalogue::embedded().unwrap();
    let ids = ["RS-JWT-11", "RS-JWT-18"].map(|id| RequirementId::parse(id).unwrap()).to_vec();
    let selection = Selection { ids, revisions: vec![Revision::V2026_07_28], ..Selection::default() };
    run(&Plan::new(&catalogue, vec![Variation::honest(Revision::V2026_07_28)], &selection), bench, || ()).await
}

fn verdict(outcome: &Outcome, id: &str) -> Verdict {
    outcome.requirements.iter().find(|one| one.id.as_str() == id).unwrap().verdict
}

#[test]
fn a_subject_that_follows_rfc_9068_is_told_from_those_with_a_fault() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let ground = Ground::prepare(support::settings(folder.path())).await.unwrap();
        let mut raised = ground.raise().await.unwrap();
        let server = Arc::into_inner(raised.bench.server.take().unwrap()).expect("nobody else holds the bench");
        let (bench, subject) = turn_to_subject(server).await;

        for (fault, of_type, of_claims) in [
            (Fault::Nothing, Verdict::Met, Verdict::Met),
            (Fault::AcceptsAnyType, Verdict::Violated, Verdict::Met),
            (Fault::AcceptsNoType, Verdict::Violated, Verdict::Met),
            (Fault::KnowsSmallLettersOnly, Verdict::Violated, Verdict::Met),
            (Fault::KnowsTheShortFormOnly, Verdict::Violated, Verdict::Met),
            (Fault::DoesWithout("sub"), Verdict::Met, Verdict::Violated),
            (Fault::DoesWithout("client_id"), Verdict::Met, Verdict::Violated),
            (Fault::DoesWithout("iat"), Verdict::Met, Verdict::Violated),
            (Fault::DoesWithout("jti"), Verdict::Met, Verdict::Violated),
        ] {
            *subject.fault.lock().unwrap() = fault;
            let outcome = judge(&bench).await;
            assert_eq!(verdict(&outcome, "RS-JWT-11"), of_type, "{fault:?}");
            assert_eq!(verdict(&outcome, "RS-JWT-18"), of_claims, "{fault:?}");
        }

        drop(bench);
        raised.stop().await;
        assert!(ground.dismantle().await.left.is_empty());
    });
}
