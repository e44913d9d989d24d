//! The two steps of all rules about clients.

use super::super::assertions;
use crate::bench::ClientRun;
use crate::bench::client::{Unplayed, scenes};
use crate::world::{StepResult, World, client};
use cucumber::{then, when};
use std::sync::Arc;

#[when(regex = r"^the client meets (.+)$")]
async fn meets(world: &mut World, scene: String) -> StepResult {
    let expected = "a client that can be run";
    let Some(scene) = scenes::find(&scene) else { return Err(world.fail("a scene that there is", scene)) };
    let stage = world.stage()?;
    let client = client(&stage).map_err(|reason| world.stop(expected, reason))?;
    let run = client.meet(scene).await.map_err(|reason| match reason {
        Unplayed::Inapplicable(reason) => world.pass_by("a client that can be set up like this", reason),
        Unplayed::NotRaised(reason) => world.stop(expected, reason),
    })?;
    world.stimulate();
    world.trace = run.trace.clone();
    world.leave(run);
    Ok(())
}

#[then(regex = r"^the client (.+)$")]
async fn holds(world: &mut World, asserted: String) -> StepResult {
    let Some(assertion) = assertions().find(|known| known.name == asserted) else {
        return Err(world.fail("an assertion that there is", asserted));
    };
    let run: Arc<ClientRun> = world.evidence()?;
    world.findings.extend((assertion.judge)(&run));
    Ok(())
}
