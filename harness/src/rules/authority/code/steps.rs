//! A client at the token endpoint with a code, and what must hold of the answer.

use super::evidence::TokenResponse;
use super::judge;
use crate::bench::Redeeming;
use crate::findings::Finding;
use crate::wire::Exchange;
use crate::world::{StepResult, World, authority};
use cucumber::{then, when};

const STIMULUS: &str = "the authorization code flow";

fn leave(world: &mut World, exchange: Exchange) {
    let exchange = world.note(exchange);
    world.leave(TokenResponse(exchange));
}

#[when("the client redeems the code")]
async fn redeems(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let authority = authority(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let redeemed = authority.redeemed().await.map_err(|reason| world.stop(STIMULUS, reason))?;
    leave(world, redeemed.clone());
    Ok(())
}

#[when("the client redeems the code a second time")]
async fn redeems_again(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let authority = authority(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let returned = authority.returned().await.map_err(|reason| world.stop(STIMULUS, reason))?;
    let redeemed = authority.redeemed().await.map_err(|reason| world.stop(STIMULUS, reason))?;
    world.note(redeemed.clone());
    let again = authority.redeem(returned, Redeeming::Again).await.map_err(|reason| world.fail(STIMULUS, reason))?;
    leave(world, again);
    Ok(())
}

/// After a login of its own: a code that was redeemed would be refused whatever the verifier.
#[when("the client redeems the code with another code_verifier")]
async fn another_verifier(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let authority = authority(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let request = authority.authorization_request().map_err(|reason| world.stop(STIMULUS, reason))?;
    let returned = authority.log_in(request).await.map_err(|reason| world.stop(STIMULUS, reason))?;
    world.note(returned.exchange.clone());
    let how = Redeeming::WithAnotherVerifier;
    let redeemed = authority.redeem(&returned, how).await.map_err(|reason| world.fail(STIMULUS, reason))?;
    leave(world, redeemed);
    Ok(())
}

fn judge_response(world: &mut World, judge: fn(&Exchange) -> Finding) -> StepResult {
    let TokenResponse(exchange) = world.evidence()?;
    world.findings.push(judge(&exchange));
    Ok(())
}

#[then("the token response is JSON with access_token and token_type")]
async fn token_response(world: &mut World) -> StepResult {
    judge_response(world, judge::is_token_response)
}

#[then("the code is refused with invalid_grant")]
async fn invalid_grant(world: &mut World) -> StepResult {
    judge_response(world, judge::is_invalid_grant)
}
