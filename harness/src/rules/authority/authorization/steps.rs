//! A user agent at the authorization endpoint, and what must hold of where it is led.

use super::evidence::AuthorizationResponse;
use super::judge;
use crate::findings::Finding;
use crate::wire::Exchange;
use crate::world::{StepResult, World, authority};
use cucumber::{then, when};

const STIMULUS: &str = "the authorization code flow";

fn leave(world: &mut World, exchange: Exchange) {
    let exchange = world.note(exchange);
    world.leave(AuthorizationResponse(exchange));
}

/// The same request with a login is the control: where that brings nothing, no code says nothing.
#[when("a user agent that has not logged in sends an authorization request")]
async fn without_login(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let authority = authority(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    authority.returned().await.map_err(|reason| world.stop(STIMULUS, reason))?;
    let request = authority.authorization_request().map_err(|reason| world.stop(STIMULUS, reason))?;
    let exchange = authority.ask_without_login(&request).await;
    leave(world, exchange);
    Ok(())
}

#[when("a user logs in at the hosted pages")]
async fn logs_in(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let authority = authority(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let returned = authority.returned().await.map_err(|reason| world.stop(STIMULUS, reason))?;
    leave(world, returned.exchange.clone());
    Ok(())
}

fn judge_response(world: &mut World, judge: fn(&Exchange) -> Finding) -> StepResult {
    let AuthorizationResponse(exchange) = world.evidence()?;
    world.findings.push(judge(&exchange));
    Ok(())
}

#[then("the browser comes back with one code")]
async fn brings_a_code(world: &mut World) -> StepResult {
    judge_response(world, judge::brings_a_code)
}

#[then("no code is issued")]
async fn brings_no_code(world: &mut World) -> StepResult {
    judge_response(world, judge::brings_no_code)
}

#[then("the state comes back unchanged and once")]
async fn returns_state(world: &mut World) -> StepResult {
    judge_response(world, judge::returns_state)
}
