//! Where in a request a token stands, what went before it, and whether it comes back.

use super::judge;
use super::purpose::RightAfter;
use super::words::Place;
use crate::bench::{Credential, Placement};
use crate::rules::server::common::when::{meant, operation, send, token};
use crate::token_name::VALID;
use crate::tokens::token as named;
use crate::world::{StepResult, World, server};
use cucumber::{then, when};

const STIMULUS: &str = "a request to the server";

#[when(expr = "a client sends {word} with a valid token, behind the scheme {string}")]
async fn with_scheme(world: &mut World, words: String, scheme: String) -> StepResult {
    let placement = Placement::Header(scheme.replace('␠', " "));
    send(world, &words, &[(&VALID, placement)]).await
}

#[when(regex = r"^a client sends (\S+) with a valid token, only in (.+)$")]
async fn only_in(world: &mut World, words: String, place: String) -> StepResult {
    let place: Place = meant(world, &place)?;
    send(world, &words, &[(&VALID, place.placement())]).await
}

#[when(expr = "a client sends {word} with a valid token, and another string in the query")]
async fn beside_query(world: &mut World, words: String) -> StepResult {
    let tokens = [(named!("the word undefined"), Placement::query()), (&VALID, Placement::bearer())];
    send(world, &words, &tokens).await
}

#[when(expr = "a client sends {word} with a valid token, and right after it the same without one")]
async fn twice(world: &mut World, words: String) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let operation = operation(world, server, &words)?;
    let token = token(world, server, &VALID).await?;
    let first = server.send(&operation, &[Credential::bearer(token)]).await;
    world.note(first);
    world.stimulate();
    let second = server.send_for(RightAfter(operation.clone()), &operation).await;
    world.answer(second);
    Ok(())
}

#[then("the request is accepted, or refused with 400")]
async fn accepted_or_malformed(world: &mut World) -> StepResult {
    world.judge(judge::is_accepted_or_malformed)
}

#[then("the first token is not served, and the valid one is accepted")]
async fn fails_closed(world: &mut World) -> StepResult {
    world.judge_together(judge::fails_closed)
}

#[then("no piece of the token comes back")]
async fn no_leak(world: &mut World) -> StepResult {
    world.judge(judge::token_is_not_repeated)
}
