//! What a client and a user do at an authorization server.

use crate::oauth_client::Flow;
use crate::world::{StepResult, World, authority};
use cucumber::when;

const STIMULUS: &str = "the authorization code flow";

async fn flow(world: &mut World) -> Result<Flow, crate::world::Stopped> {
    let stage = world.stage()?;
    let authority = authority(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let flow = authority.flow().await.map_err(|reason| world.stop(STIMULUS, reason))?.clone();
    world.stimulate();
    Ok(flow)
}

#[when("a user agent that has not logged in sends an authorization request")]
async fn anonymous(world: &mut World) -> StepResult {
    let flow = flow(world).await?;
    world.answer(flow.anonymous);
    Ok(())
}

#[when("a user logs in at the hosted pages")]
async fn logs_in(world: &mut World) -> StepResult {
    let flow = flow(world).await?;
    world.answer(flow.arrival);
    Ok(())
}

#[when("the client redeems the code")]
async fn redeems(world: &mut World) -> StepResult {
    let flow = flow(world).await?;
    world.answer(flow.redemption);
    Ok(())
}

#[when("the client redeems the code a second time")]
async fn redeems_again(world: &mut World) -> StepResult {
    let flow = flow(world).await?;
    world.note(flow.redemption);
    world.answer(flow.replay);
    Ok(())
}

#[when("the client redeems the code with another code_verifier")]
async fn wrong_verifier(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let authority = authority(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let flow = authority.flow_with_wrong_verifier().await.map_err(|reason| world.stop(STIMULUS, reason))?;
    world.stimulate();
    world.note(flow.arrival);
    world.answer(flow.redemption);
    Ok(())
}

#[when("a throwaway user pool is provisioned and torn down")]
async fn throw_away(world: &mut World) -> StepResult {
    let expected = "a second throwaway pool";
    let stage = world.stage()?;
    let authority = authority(&stage).map_err(|reason| world.stop(expected, reason))?;
    let (trace, left) = authority.throw_away().await.map_err(|reason| world.stop(expected, reason))?;
    world.stimulate();
    world.trace = trace;
    world.notes = left;
    Ok(())
}
