//! What must hold of an MCP server's answers.

use crate::findings::{Finding, answer};
use crate::rules::server::common::judge;
use crate::world::{StepResult, World};
use cucumber::then;

#[then(expr = "the answer is {int}")]
async fn answer_is(world: &mut World, status: u16) -> StepResult {
    world.judge(|exchange| answer::status_is(exchange, status))
}

#[then(expr = "the answer is {int}, or 405 because the server does not offer it")]
async fn answer_is_unless_not_offered(world: &mut World, status: u16) -> StepResult {
    world.judge(|exchange| match exchange.response() {
        Some(response) if response.status == 405 => {
            let expected = format!("HTTP {status} to an operation that the server offers");
            Finding::not_applicable(expected, "the server does not offer it (HTTP 405)", vec![exchange.number])
        }
        _ => answer::status_is(exchange, status),
    })
}

#[then("no result is returned")]
async fn no_result(world: &mut World) -> StepResult {
    world.judge(answer::holds_no_result)
}

#[then("the request is accepted")]
async fn accepted(world: &mut World) -> StepResult {
    world.judge(answer::accepted)
}

#[then("the token is refused")]
async fn refused(world: &mut World) -> StepResult {
    world.judge(answer::refused)
}

#[then("the tool had no effect")]
async fn no_effect(world: &mut World) -> StepResult {
    let effect = world.evidence()?;
    world.judge(|exchange| judge::had_no_effect(exchange, effect))
}
