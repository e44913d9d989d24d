//! Where in a request a token stands, what went before it, and whether it comes back.

use super::judge;
use super::purpose::RightAfter;
use crate::bench::{Credential, Placement};
use crate::rules::server::common::when::{operation, send, token};
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

#[when(expr = "a client sends {word} with a valid token, in the query only")]
async fn in_query(world: &mut World, words: String) -> StepResult {
    send(world, &words, &[(&VALID, Placement::Query)]).await
}

#[when(expr = "a client sends {word} with a valid token, and another string in the query")]
async fn beside_query(world: &mut World, words: String) -> StepResult {
    let tokens = [(named!("the word undefined"), Placement::Query), (&VALID, Placement::bearer())];
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

#[then("no piece of the token comes back")]
async fn no_leak(world: &mut World) -> StepResult {
    world.judge(judge::token_is_not_repeated)
}
