//! What must hold of answers to tokens that are made for one scenario, and of what else the server did.

use crate::findings::{Finding, answer};
use crate::rules::server::jwt::judge as keys;
use crate::token_name::VALID;
use crate::world::{StepResult, World};
use cucumber::then;

#[then("the token is refused, if only for its length")]
async fn refused_or_too_large(world: &mut World) -> StepResult {
    world.judge(answer::refused_or_too_large)
}

#[then("the long token is turned away, and the valid one is accepted")]
async fn turned_away(world: &mut World) -> StepResult {
    world.judge(|exchange| match exchange.request.presented.as_ref().map(|presented| &presented.name) {
        Some(&VALID) => answer::accepted(exchange),
        _ => answer::turned_away(exchange),
    })
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
    let contacts = world.notes.clone();
    world.judge(|exchange| {
        let actual = if contacts.is_empty() { "nobody came".to_owned() } else { contacts.join(", ") };
        Finding::check(contacts.is_empty(), "no request to the address in the token", actual, exchange)
    })
}

#[then("the server asked for the keys of the issuer a bounded number of times")]
async fn bounded(world: &mut World) -> StepResult {
    let Some(traffic) = world.key_traffic.take() else {
        return Err(world.fail("requests for the keys to count", "nothing was counted"));
    };
    let evidence = world.answers.iter().map(|exchange| exchange.number).collect();
    world.findings.push(keys::asks_seldom(&traffic, evidence));
    Ok(())
}

#[then("the effect is not shown")]
async fn not_shown(world: &mut World) -> StepResult {
    let Some(marker) = world.notes.last().cloned() else {
        return Err(world.fail("an effect to look for", "the Given left none"));
    };
    world.judge(|exchange| answer::does_not_show(exchange, &marker))
}
