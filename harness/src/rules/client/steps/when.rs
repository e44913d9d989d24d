//! What a client is made to do.

use crate::world::{StepResult, World, client};
use cucumber::when;

#[when("the client connects, logs in and calls a tool")]
async fn connects(world: &mut World) -> StepResult {
    let expected = "a client that can be run";
    let stage = world.stage()?;
    let client = client(&stage).map_err(|reason| world.stop(expected, reason))?;
    let run = client.run().await.map_err(|reason| world.stop(expected, reason))?;
    world.stimulate();
    world.trace = run.trace.clone();
    Ok(())
}
