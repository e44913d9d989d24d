//! What must hold of HTTP in front of MCP.

use crate::findings::Finding;
use crate::rules::server::challenge::judge as challenge;
use crate::rules::server::http::judge::{self, OtherReason};
use crate::rules::server::http::purpose::{Mirrored, Sent};
use crate::world::{StepResult, World};
use cucumber::then;

#[then("the request is refused")]
async fn refused(world: &mut World) -> StepResult {
    world.judge(judge::is_refused)
}

#[then("the page is not served")]
async fn page_not_served(world: &mut World) -> StepResult {
    let foreign = world.evidence()?;
    world.judge(|exchange| judge::page_is_not_served(exchange, foreign))
}

#[then("the page is refused with 403")]
async fn page_forbidden(world: &mut World) -> StepResult {
    world.judge(judge::page_is_forbidden)
}

#[then("the credentials are refused for their form")]
async fn refused_for_form(world: &mut World) -> StepResult {
    world.judge(|exchange| match exchange.request.purpose.get() {
        Some(Sent::Credentials(malformed)) => judge::is_refused_for_its_form(exchange, *malformed),
        _ => Finding::harness_error("malformed credentials", "none were sent"),
    })
}

#[then("these credentials open nothing")]
async fn open_nothing(world: &mut World) -> StepResult {
    world.judge(|exchange| challenge::nothing_was_given_out(exchange, None))
}

#[then("the mismatch is refused")]
async fn mismatch(world: &mut World) -> StepResult {
    world.judge(|exchange| {
        let other = match exchange.request.purpose.get() {
            Some(Sent::Mirrored(Mirrored::OtherVersion)) => OtherReason::Version,
            _ => OtherReason::None,
        };
        judge::mismatch_is_refused(exchange, other)
    })
}

#[then("the mismatch or the missing scope is refused")]
async fn mismatch_or_scope(world: &mut World) -> StepResult {
    world.judge(|exchange| judge::mismatch_is_refused(exchange, OtherReason::MissingScope))
}

#[then("nobody is served")]
async fn not_served(world: &mut World) -> StepResult {
    world.judge(judge::is_not_served)
}

#[then("all of them are bound to loopback")]
async fn loopback(world: &mut World) -> StepResult {
    world.judge(judge::listens_on_loopback_only)
}
