//! What test programs share: a bench on the embedded emulator, with logins by plain HTTP.
#![allow(dead_code, unreachable_pub, clippy::expect_used, clippy::unwrap_used)]

use harness::login::LoginMethodChoice;
use harness::plan::Plan;
use harness::run::{Outcome, run};
use harness::setup::{Ground, GroundSettings, Place};
use std::path::Path;

/// Runs a plan on a fresh bench, on a thread of its own, because cucumber's future cannot leave the one it began on.
pub fn perform(plan: Plan) -> (Plan, Outcome) {
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        let outcome = runtime.block_on(on_fresh_bench(&plan));
        (plan, outcome)
    })
    .join()
    .expect("the run does not panic")
}

async fn on_fresh_bench(plan: &Plan) -> Outcome {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ground = Ground::prepare(settings(folder.path())).await.expect("ground");
    let raised = ground.raise().await.expect("a bench");
    let outcome = run(plan, &raised.bench, || ()).await;
    raised.stop().await;
    let teardown = ground.dismantle().await;
    assert!(teardown.left.is_empty(), "{:?}", teardown.left);
    outcome
}

/// Settings for a bench on the embedded emulator.
pub fn settings(out: &Path) -> GroundSettings {
    GroundSettings { place: Place::Emulator, login_method: LoginMethodChoice::PlainHttp, out: out.to_owned() }
}
