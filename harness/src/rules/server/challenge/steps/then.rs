//! What must hold of refusals and of the challenges in them.

use crate::findings::Finding;
use crate::rules::server::challenge::evidence::{EffectOfDetour, OfOldTransport, ToOutsider};
use crate::rules::server::challenge::judge::{self, Look};
use crate::wire::Exchange;
use crate::world::{StepResult, World};
use cucumber::then;

#[then("every refusal looks the same")]
async fn alike(world: &mut World) -> StepResult {
    let ToOutsider(answers) = world.evidence()?;
    world.findings.push(judge::refusals_are_alike(&answers));
    Ok(())
}

/// Judges the Bearer challenge of a 401. Where there is none the rule does not apply, because another one tells why.
pub(crate) fn judge_challenge(world: &mut World, judge: impl Fn(&Exchange) -> Finding) -> StepResult {
    world.judge(|exchange| judge::look_at(exchange, Look::Bearer, &judge))
}

#[then(expr = "the refusal is a {int}")]
async fn refused_with(world: &mut World, status: u16) -> StepResult {
    world.judge(|exchange| judge::is_refused_with(exchange, status))
}

#[then(expr = "the missing scope is answered with {int}")]
async fn scope_refused_with(world: &mut World, status: u16) -> StepResult {
    world.judge(|exchange| judge::is_answered_with(exchange, status))
}

#[then("the answer carries a challenge")]
async fn challenged(world: &mut World) -> StepResult {
    world.judge(|exchange| judge::look_at(exchange, Look::Status, judge::is_present))
}

#[then("the challenge uses Bearer with at least one parameter")]
async fn bearer(world: &mut World) -> StepResult {
    world.judge(|exchange| judge::look_at(exchange, Look::Readable, judge::is_bearer_with_parameter))
}

#[then("the challenge is well-formed")]
async fn well_formed(world: &mut World) -> StepResult {
    world.judge(|exchange| judge::look_at(exchange, Look::Field, judge::is_well_formed))
}

#[then(expr = "the challenge has {word}")]
async fn has(world: &mut World, name: String) -> StepResult {
    judge_challenge(world, |exchange| judge::has(exchange, &name, None))
}

#[then(expr = "the challenge has {word} {string}")]
async fn has_value(world: &mut World, name: String, value: String) -> StepResult {
    judge_challenge(world, |exchange| judge::has(exchange, &name, Some(&value)))
}

#[then("the challenge carries no error")]
async fn no_error(world: &mut World) -> StepResult {
    judge_challenge(world, |exchange| judge::has_none_of(exchange, &["error", "error_description", "error_uri"]))
}

#[then("nothing is given out")]
async fn nothing_given_out(world: &mut World) -> StepResult {
    let EffectOfDetour(effect) = world.evidence()?;
    world.judge(|exchange| judge::nothing_was_given_out(exchange, effect))
}

#[then("no message gets through without a token")]
async fn no_message(world: &mut World) -> StepResult {
    let seen: OfOldTransport = world.evidence()?;
    world.findings.push(judge::no_message_got_through(&seen));
    Ok(())
}
