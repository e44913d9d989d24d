//! Making and removing once more what the run made, and what must be left of it.

use super::evidence::Left;
use super::judge;
use crate::world::{StepResult, World, authority};
use cucumber::{then, when};

#[when("a throwaway user pool is provisioned and torn down")]
async fn throw_away(world: &mut World) -> StepResult {
    let expected = "a second throwaway pool";
    let stage = world.stage()?;
    let authority = authority(&stage).map_err(|reason| world.stop(expected, reason))?;
    let Some(outcome) = authority.throw_away().await else {
        return Err(world.pass_by(expected, "the run provisions no user pool"));
    };
    let thrown = outcome.map_err(|reason| world.stop(expected, reason))?;
    for exchange in &thrown.trace {
        world.note(exchange.clone());
    }
    world.leave(Left(thrown.left));
    Ok(())
}

#[then("nothing of it is left")]
async fn nothing_left(world: &mut World) -> StepResult {
    let Left(left) = world.evidence()?;
    let evidence = (1..=world.trace.len()).collect();
    world.findings.push(judge::nothing_is_left(&left, evidence));
    Ok(())
}
