//! What must hold of an authorization server's answers.

use crate::findings::Finding;
use crate::rules::authority::login::judge as login;
use crate::world::{StepResult, World};
use cucumber::then;

#[then("the browser comes back with one code")]
async fn brings_a_code(world: &mut World) -> StepResult {
    world.judge(login::brings_a_code)
}

#[then("no code is issued")]
async fn brings_no_code(world: &mut World) -> StepResult {
    world.judge(login::brings_no_code)
}

#[then("the state comes back unchanged and once")]
async fn returns_state(world: &mut World) -> StepResult {
    world.judge(login::returns_state)
}

#[then("the token response is JSON with access_token and token_type")]
async fn token_response(world: &mut World) -> StepResult {
    world.judge(login::is_token_response)
}

#[then("the code is refused with invalid_grant")]
async fn invalid_grant(world: &mut World) -> StepResult {
    world.judge(login::is_invalid_grant)
}

#[then("nothing of it is left")]
async fn nothing_left(world: &mut World) -> StepResult {
    let left = world.notes.join(", ");
    let actual = if left.is_empty() { "nothing is left".to_owned() } else { format!("left behind: {left}") };
    let evidence = (1..=world.trace.len()).collect();
    world.findings.push(Finding::of(left.is_empty(), "no user pool and no domain of it", actual, evidence));
    Ok(())
}
