//! What must not have been handed on, asked for or given away.

use crate::rules::server::passthrough::evidence::UpstreamCalls;
use crate::rules::server::passthrough::judge;
use crate::token_name::VALID;
use crate::world::{StepResult, World, server};
use cucumber::then;

#[then("the upstream API is called, and never with the client's token")]
async fn stays_here(world: &mut World) -> StepResult {
    let expected = "the client's token, to look for";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let token = server.token(&VALID).await.map_err(|cannot| world.lack(expected, &cannot))?;
    let UpstreamCalls(calls) = world.evidence()?;
    world.findings.push(judge::token_stays_here(&calls, &token.raw));
    Ok(())
}

#[then("nothing is elicited")]
async fn nothing_elicited(world: &mut World) -> StepResult {
    world.judge(judge::nothing_is_elicited)
}

#[then("no elicitation URL carries a secret or a mail address")]
async fn urls(world: &mut World) -> StepResult {
    world.judge(judge::urls_carry_no_secret)
}

#[then("nothing of the inside is shown")]
async fn inside(world: &mut World) -> StepResult {
    world.judge(judge::shows_nothing_of_the_inside)
}

#[then("no form asks for a secret")]
async fn forms(world: &mut World) -> StepResult {
    world.judge(judge::forms_ask_for_no_secret)
}
