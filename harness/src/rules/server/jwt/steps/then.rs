//! What must hold of answers to tokens that are made for one scenario, and of what else the server did.

use crate::findings::answer;
use crate::rules::server::jwt::evidence::EffectOfUser;
use crate::rules::server::jwt::judge;
use crate::world::{StepResult, World};
use cucumber::then;

#[then("the string is refused as no token")]
async fn refused_as_no_token(world: &mut World) -> StepResult {
    world.judge(answer::refused_as_no_token)
}

#[then("the long token is turned away, and the valid one is accepted")]
async fn turned_away(world: &mut World) -> StepResult {
    world.judge(judge::turns_away_unless_valid)
}

#[then("the server does not break")]
async fn does_not_break(world: &mut World) -> StepResult {
    world.judge(answer::does_not_break)
}

#[then("the protected message has no result")]
async fn protected_message(world: &mut World) -> StepResult {
    world.judge(answer::protected_message_has_no_result)
}

#[then("the request is not processed")]
async fn not_processed(world: &mut World) -> StepResult {
    world.judge(answer::is_not_processed)
}

#[then("nobody came to the canary")]
async fn nobody_came(world: &mut World) -> StepResult {
    let contacts = world.evidence()?;
    world.judge(|exchange| judge::visits_no_canary(exchange, &contacts))
}

#[then("the server asked for the keys of the issuer a bounded number of times")]
async fn bounded(world: &mut World) -> StepResult {
    let traffic = world.evidence()?;
    world.judge_together(|exchanges| judge::asks_seldom(exchanges, &traffic))
}

#[then("the effect is not shown")]
async fn not_shown(world: &mut World) -> StepResult {
    let EffectOfUser { marker } = world.evidence()?;
    world.judge(|exchange| answer::does_not_show(exchange, &marker))
}
