//! What must hold of HTTP in front of MCP.

use crate::rules::server::http::judge;
use crate::rules::server::http::purpose::{Malformed, Sent};
use crate::world::{StepResult, World};
use cucumber::then;

#[then("the request is refused")]
async fn refused(world: &mut World) -> StepResult {
    world.judge(judge::is_refused)
}

#[then("the answer is 400 with invalid_request")]
async fn invalid_request(world: &mut World) -> StepResult {
    world.judge(|exchange| {
        judge::is_invalid_request(exchange, exchange.request.purpose.is(&Sent::Credentials(Malformed::VeryLong)))
    })
}

#[then("the mismatch is refused")]
async fn mismatch(world: &mut World) -> StepResult {
    world.judge(|exchange| judge::mismatch_is_refused(exchange, false))
}

#[then("the mismatch or the missing scope is refused")]
async fn mismatch_or_scope(world: &mut World) -> StepResult {
    world.judge(|exchange| judge::mismatch_is_refused(exchange, true))
}

#[then("nobody is served")]
async fn not_served(world: &mut World) -> StepResult {
    world.judge(judge::is_not_served)
}

#[then("all of them are bound to loopback")]
async fn loopback(world: &mut World) -> StepResult {
    world.judge(judge::listens_on_loopback_only)
}
