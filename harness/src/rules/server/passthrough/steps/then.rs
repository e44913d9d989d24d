//! What must not have been handed on, asked for or given away.

use crate::rules::server::passthrough::elicitation;
use crate::rules::server::passthrough::judge as passthrough;
use crate::token_name::VALID;
use crate::world::{StepResult, World, server};
use cucumber::then;

#[then("the upstream API is called, and never with the client's token")]
async fn stays_here(world: &mut World) -> StepResult {
    let expected = "the client's token, to look for";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let token = server.token(&VALID).await.map_err(|cannot| world.lack(expected, &cannot))?;
    let found = passthrough::token_stays_here(&world.answers, &token.raw);
    world.findings.push(found);
    Ok(())
}

#[then("nothing is elicited")]
async fn nothing_elicited(world: &mut World) -> StepResult {
    world.judge(elicitation::nothing_is_elicited)
}

#[then("no elicitation URL carries a secret or a mail address")]
async fn urls(world: &mut World) -> StepResult {
    world.judge(elicitation::urls_carry_no_secret)
}

#[then("no form asks for a secret")]
async fn forms(world: &mut World) -> StepResult {
    world.judge(elicitation::forms_ask_for_no_secret)
}
