//! Clients that are not the reference client: what is said of one that does nothing, that cannot be told an issuer, and
//! that takes its credentials wherever it is sent.

use crate::support;
use futures::future::BoxFuture;
use harness::bench::client::Registration;
use harness::bench::{Bench, ClientBench, ClientJob, ClientSubject, ReferenceClient, Variation};
use harness::catalogue::{Catalogue, RequirementId, Revision};
use harness::findings::Verdict;
use harness::plan::{Plan, Selection};
use harness::run::run;
use harness::setup::Ground;
use rstest::rstest;
use std::process::Command;
use std::sync::Arc;

/// Ends well at once.
struct Idle;

impl ClientSubject for Idle {
    fn run(&self, _: ClientJob) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async { Ok(()) })
    }
}

/// Has no place for an issuer in its configuration.
struct WithoutIssuer;

impl ClientSubject for WithoutIssuer {
    fn lacks(&self, registration: &Registration) -> Option<String> {
        registration.told().map(|_| "the client cannot be told the issuer of its credentials".to_owned())
    }

    fn run(&self, job: ClientJob) -> BoxFuture<'_, Result<(), String>> {
        ReferenceClient.run(job)
    }
}

/// Believes that its credentials belong to the issuer that it will be sent to.
struct Credulous;

impl ClientSubject for Credulous {
    fn run(&self, mut job: ClientJob) -> BoxFuture<'_, Result<(), String>> {
        if let Registration::PreRegistered { issuer, .. } = &mut job.registration {
            *issuer = issuer.replace("/tenant1", "/tenant2");
        }
        Box::pin(async move { ReferenceClient.run(job).await })
    }
}

/// Panics on a thread that is none of the run's.
struct Startling;

impl ClientSubject for Startling {
    fn run(&self, _: ClientJob) -> BoxFuture<'_, Result<(), String>> {
        let panicked = std::thread::spawn(|| panic!("beside the run")).join();
        Box::pin(async move { panicked.map_err(|_| "it panicked".to_owned()) })
    }
}

#[rstest]
#[case::idle(Idle, "CL-401-01", Verdict::Inconclusive)]
#[case::idle(Idle, "CL-BIND-01", Verdict::Inconclusive)]
#[case::idle(Idle, "CL-BIND-02", Verdict::Inconclusive)]
#[case::idle(Idle, "CL-BIND-03", Verdict::Inconclusive)]
#[case::idle(Idle, "CL-BIND-04", Verdict::Inconclusive)]
#[case::idle(Idle, "CL-BIND-05", Verdict::Inconclusive)]
#[case::without_issuer(WithoutIssuer, "CL-BIND-04", Verdict::NotApplicable)]
#[case::without_issuer(WithoutIssuer, "CL-BIND-02", Verdict::Met)]
#[case::credulous(Credulous, "CL-BIND-02", Verdict::Violated)]
#[case::credulous(Credulous, "CL-BIND-04", Verdict::Violated)]
#[case::credulous(Credulous, "CL-BIND-01", Verdict::Met)]
fn a_client_is_accused_of_what_it_was_seen_to_do(
    #[case] subject: impl ClientSubject + 'static,
    #[case] id: &str,
    #[case] expected: Verdict,
) {
    assert_eq!(verdict(Box::new(subject), id), expected);
}

/// On a thread of its own, because cucumber's future cannot leave the one it began on.
fn verdict(subject: Box<dyn ClientSubject>, id: &str) -> Verdict {
    let selection = Selection {
        ids: vec![RequirementId::parse(id).unwrap()],
        revisions: vec![Revision::V2026_07_28],
        ..Selection::default()
    };
    let plan = Plan::new(&Catalogue::embedded().unwrap(), vec![Variation::honest(Revision::V2026_07_28)], &selection);
    let judging = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let ground = Ground::prepare(support::settings(folder.path())).await.unwrap();
            let raised = ground.raise().await.unwrap();
            let around = raised.bench.client.as_ref().unwrap();
            let callback = around.callback.lock().await.try_clone().unwrap().into();
            let client = ClientBench { subject, user: Arc::clone(&around.user), callback };
            let outcome = run(&plan, &Bench { client: Some(Arc::new(client)), ..Bench::default() }, || ()).await;
            raised.stop().await;
            ground.dismantle().await;
            outcome.requirements[0].verdict
        })
    });
    judging.join().unwrap()
}

/// Not a test of its own: what a panic says goes to the output of the process.
#[test]
#[ignore = "another test of this module runs it in a child process"]
fn child_panics_beside_a_run() {
    verdict(Box::new(Startling), "CL-401-01");
}

#[test]
fn what_panics_beside_a_run_is_heard() {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "client_subject::child_panics_beside_a_run", "--ignored", "--nocapture"])
        .output()
        .unwrap();

    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("panicked at") && said.contains("beside the run"), "{said}");
}
