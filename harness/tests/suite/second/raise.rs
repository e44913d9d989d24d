//! Bringing the second subject up, and judging it. It comes up as one that a command starts: the command tells what it
//! was told, and the server listens where it was told to.

use super::front::{Front, KEY};
use super::server::{Told, serve};
use super::setup::Setup;
use harness::bench::Variation;
use harness::catalogue::{Catalogue, RequirementId, Revision, Role};
use harness::declared::Subject;
use harness::issuer::IssuerForm;
use harness::plan::{Plan, Selection};
use harness::run::{Outcome, RequirementResult, run};
use harness::setup::subject::{RaisedSubject, SubjectSettings, Target, TokenSource};
use harness::wire::{Carried, Limits};
use http::HeaderValue;
use std::path::{Path, PathBuf};

const VARIABLES: [&str; 4] = [
    "MCP_CONFORMANCE_AUTH_SERVER_URL",
    "MCP_CONFORMANCE_SECOND_AUTH_SERVER_URL",
    "MCP_CONFORMANCE_THIRD_PARTY_URL",
    "PORT",
];

/// Tells in the file what the server is told, and stays.
fn command(told: &Path) -> String {
    let values = VARIABLES.map(|name| format!("\"${name}\"")).join(" ");
    format!("printf '%s\\n' {values} > '{}'; exec sleep 600", told.display())
}

/// A pipe: a reader waits until something was written.
fn pipe(folder: &Path) -> PathBuf {
    let path = folder.join("told");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    path
}

fn read(told: &Path, upstream: u16) -> Told {
    let text = std::fs::read_to_string(told).unwrap();
    let [issuer, second_issuer, third_party, port] = text
        .lines()
        .map(str::to_owned)
        .collect::<Vec<_>>()
        .try_into()
        .unwrap_or_else(|lines| panic!("four lines, not {lines:?}"));
    Told { issuer, second_issuer, third_party, upstream, port: port.parse().unwrap() }
}

/// Starts the server and puts the bench around it.
pub async fn raise(setup: Setup, subject: Subject, revisions: Vec<Revision>) -> RaisedSubject {
    let folder = tempfile::tempdir().unwrap();
    let told = pipe(folder.path());
    let command = command(&told);
    let upstream = subject.capabilities.upstream.as_ref().map_or(0, |tool| tool.port);
    tokio::spawn(async move {
        let told = tokio::task::spawn_blocking(move || read(&told, upstream)).await.unwrap();
        serve(setup, told).await;
    });
    let (name, value) = KEY;
    let key = || Carried { name: name.parse().unwrap(), value: value.into(), shown: HeaderValue::from_static("$KEY") };
    let further = (setup.front == Front::WantsKey).then(key).into_iter().collect();
    let settings = SubjectSettings {
        target: Target::Command { command, environment: Vec::new(), port: None, endpoint: None },
        subject,
        credentials: TokenSource::None,
        accounts: Vec::new(),
        revisions,
        issuer: IssuerForm::Bare,
        limits: Limits::default(),
        further,
    };
    RaisedSubject::raise(settings).await.unwrap()
}

/// Runs a plan on the server, on a thread of its own, because a run cannot leave the one it began on.
pub fn perform(setup: Setup, subject: Subject, plan: Plan) -> (Plan, Outcome) {
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let outcome = runtime.block_on(async {
            let revisions = plan.variations.iter().map(|variation| variation.revision).collect();
            let raised = raise(setup, subject, revisions).await;
            let outcome = run(&plan, &raised.bench, || ()).await;
            raised.stop().await;
            outcome
        });
        (plan, outcome)
    })
    .join()
    .unwrap()
}

/// Judges requirements, or all of servers.
pub fn judged(setup: Setup, subject: Subject, ids: &[&str], variation: Variation) -> Vec<RequirementResult> {
    let ids = ids.iter().map(|id| RequirementId::parse(id).unwrap()).collect();
    let selection = Selection { roles: vec![Role::Server], revisions: vec![variation.revision], ids };
    let plan = Plan::new(&Catalogue::embedded().unwrap(), vec![variation], &selection);
    perform(setup, subject, plan).1.requirements
}
