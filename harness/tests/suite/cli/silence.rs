//! A server that stops answering in the middle of a run: what was not seen is inconclusive, and the run ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use harness::bench::{Bench, ServerBench, Variation};
use harness::catalogue::{Catalogue, Revision, Role};
use harness::findings::Verdict;
use harness::login::LoginMethodChoice;
use harness::plan::{Plan, Selection};
use harness::run::{RequirementResult, run};
use harness::setup::{Ground, GroundSettings, Place};
use harness::wire::{Limits, Sender};
use rstest::rstest;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How long a server that stops is waited for; one that does not stop has all the time it may need on a busy machine.
const LIMIT: Duration = Duration::from_millis(300);

/// How the server stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stops {
    /// Never.
    Not,
    /// It takes requests and does not answer.
    Hangs,
    /// Its port is closed.
    Dies,
}

#[rstest]
#[tokio::test(flavor = "current_thread")]
async fn a_server_that_falls_silent_is_accused_of_nothing(#[values(Stops::Hangs, Stops::Dies)] stops: Stops) {
    let (honest, _) = judged(Stops::Not).await;
    let (silent, took) = judged(stops).await;

    assert_eq!(honest.len(), silent.len());
    let mut undecided = 0;
    for (before, after) in honest.iter().zip(&silent) {
        let allowed = [before.verdict, Verdict::Inconclusive, Verdict::NotApplicable];
        assert!(allowed.contains(&after.verdict), "{} is {}: {after:#?}", after.id, after.verdict);
        undecided += usize::from(after.verdict == Verdict::Inconclusive);
    }
    assert!(undecided > 5, "{undecided}");
    // Bounded, with room for a machine on which much else runs.
    assert!(took < Duration::from_secs(60), "{took:?}");
}

/// The verdicts on a server that stops after a number of requests, and how long they took.
async fn judged(stops: Stops) -> (Vec<RequirementResult>, Duration) {
    let folder = tempfile::tempdir().unwrap();
    let settings = GroundSettings {
        place: Place::Emulator,
        login_method: LoginMethodChoice::PlainHttp,
        out: folder.path().to_owned(),
    };
    let ground = Ground::prepare(settings).await.unwrap();
    let raised = ground.raise().await.unwrap();
    let known = raised.bench.server.as_ref().unwrap();
    let patient = Limits::default();
    let limits = if stops == Stops::Not { patient } else { Limits { time: LIMIT, ..patient } };
    let endpoint = before(&known.endpoint, stops).await;
    let bench = ServerBench {
        target: endpoint.clone(),
        endpoint,
        authority: Arc::clone(&known.authority),
        sender: Sender::new(limits).unwrap(),
        tool: known.tool.clone(),
        capabilities: known.capabilities.clone(),
        effect: known.effect.clone(),
        answered_without_token: Vec::new(),
        keys: None,
        third_party: None,
        canary: None,
        subject: known.subject.clone(),
    };
    let bench = Bench { server: Some(Arc::new(bench)), ..Bench::default() };
    let selection =
        Selection { roles: vec![Role::Server], revisions: vec![Revision::V2026_07_28], ..Selection::default() };
    let variations = vec![Variation::honest(Revision::V2026_07_28)];
    let plan = Plan::new(&Catalogue::embedded().unwrap(), variations, &selection);
    let started = Instant::now();
    let outcome = run(&plan, &bench, || ()).await;
    let took = started.elapsed();
    raised.stop().await;
    ground.dismantle().await;
    (outcome.requirements, took)
}

/// Something before `endpoint` that hands on as many requests as it takes to be in the middle, and then stops.
async fn before(endpoint: &str, stops: Stops) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let front = format!("http://{}", listener.local_addr().unwrap());
    let origin = url::Url::parse(endpoint).unwrap().origin().ascii_serialization();
    let path = endpoint.strip_prefix(&origin).unwrap().to_owned();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let (count, dead) = (Arc::new(AtomicUsize::new(0)), CancellationToken::new());
    let died = dead.clone();
    let handle = move |request: Request| {
        let (http, origin, count, dead) = (http.clone(), origin.clone(), Arc::clone(&count), dead.clone());
        async move {
            if stops != Stops::Not && count.fetch_add(1, Ordering::Relaxed) >= 40 {
                if stops == Stops::Dies {
                    dead.cancel();
                }
                std::future::pending::<()>().await;
            }
            hand_on(&http, &origin, request).await
        }
    };
    let router = Router::new().fallback(handle);
    tokio::spawn(async move {
        // The listener goes with the future that serves it, and the connections with their requests.
        tokio::select! {
            served = axum::serve(listener, router) => served.unwrap(),
            () = died.cancelled() => (),
        }
    });
    format!("{front}{path}")
}

async fn hand_on(http: &reqwest::Client, origin: &str, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    parts.headers.remove(http::header::HOST);
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let url = format!("{origin}{}", parts.uri);
    let answer = http.request(parts.method, url).headers(parts.headers).body(body).send().await.unwrap();
    let (status, headers) = (answer.status(), answer.headers().clone());
    (status, headers, Body::from(answer.bytes().await.unwrap())).into_response()
}
