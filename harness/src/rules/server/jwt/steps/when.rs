//! What a client does with tokens that are made for one scenario.

use crate::bench::{Credential, KeyDelay, KeySet, ServerStage};
use crate::mcp::Operation;
use crate::protocol::reply;
use crate::rules::server::common::when::operation;
use crate::rules::server::jwt::evidence::{Contacts, KeyTraffic};
use crate::token_name::{ForgeryName, TokenName, VALID};
use crate::tokens::forge::ForgeryDetails;
use crate::tokens::{PublishedKey, Token, forgery};
use crate::wire::Response;
use crate::world::{StepResult, Stopped, World, server};
use cucumber::when;
use serde_json::Value;
use std::time::Instant;

const STIMULUS: &str = "a request to the server";
const FOR_PUBLISHED: ForgeryName = forgery!("a token for the published resource");
const NEW: ForgeryName = forgery!("a token signed with the newly published key");
const WITHDRAWN: ForgeryName = forgery!("a token signed with the withdrawn key");
const UNKNOWN: ForgeryName = forgery!("a stranger's token with an unknown kid");

async fn tailored(
    world: &mut World,
    server: &ServerStage,
    forgery: ForgeryName,
    particulars: ForgeryDetails,
) -> Result<Token, Stopped> {
    server.forge_anew(forgery, particulars).await.map_err(|cannot| world.lack(STIMULUS, &cannot))
}

#[when(regex = r"^a client sends (\S+) with ([^,]+), and the canary waits$")]
async fn beside_canary(world: &mut World, words: String, forgery: ForgeryName) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let operation = operation(world, server, &words)?;
    let nest = server.nest().map_err(|reason| world.stop(STIMULUS, reason))?;
    let particulars = ForgeryDetails { canary: Some(nest.url().to_owned()), ..ForgeryDetails::default() };
    let token = tailored(world, server, forgery, particulars).await?;
    world.stimulate();
    let exchange = server.send(&operation, &[Credential::bearer(token)]).await;
    world.answer(exchange);
    let contacts = nest.contacts().into_iter().map(|contact| world.note(contact)).collect();
    world.leave(Contacts(contacts));
    Ok(())
}

#[when(expr = "a client sends {word} with a token for the published resource, as the metadata names it")]
async fn for_published(world: &mut World, words: String) -> StepResult {
    let expected = "metadata that names a resource";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let operation = operation(world, server, &words)?;
    let attempts = server.discovery().await.attempts.clone();
    let documents = attempts.into_iter().filter_map(|attempt| Some((attempt.document()?, attempt.exchange)));
    let found = documents.into_iter().find_map(|(document, exchange)| {
        let resource = document.get("resource").and_then(Value::as_str)?;
        Some((resource.to_owned(), exchange))
    });
    let Some((resource, exchange)) = found else {
        return Err(world.pass_by(expected, "no way leads to metadata that names a resource; see RS-PRM-01"));
    };
    world.note(exchange);
    let particulars = ForgeryDetails { published_resource: Some(resource), ..ForgeryDetails::default() };
    let token = tailored(world, server, FOR_PUBLISHED, particulars).await?;
    world.stimulate();
    let exchange = server.send(&operation, &[Credential::bearer(token)]).await;
    world.answer(exchange);
    Ok(())
}

fn key_set<'a>(world: &mut World, server: &'a ServerStage) -> Result<&'a KeySet, Stopped> {
    server.keys().map_err(|reason| world.stop("a key set that the harness can add a key to", reason))
}

fn publish(world: &mut World, keys: &KeySet) -> Result<PublishedKey, Stopped> {
    keys.publish().map_err(|error| world.fail("a key of the harness", error))
}

/// Stops where a server has not noticed in time and the operator did not declare how much time it may take: servers keep keys
/// for minutes or hours, and the rule does not say for how long they may.
fn unless_guessed(world: &mut World, patience: KeyDelay, what: &str) -> StepResult {
    let KeyDelay::Guessed(time) = patience else { return Ok(()) };
    let reason = format!(
        "{what} within {} s, and how long the server may go on with keys that it has is not declared (key_cache_seconds in \
         the subject file)",
        time.as_secs()
    );
    Err(world.pass_by("a server that had the time to notice a change of keys", reason))
}

async fn under(
    world: &mut World,
    server: &ServerStage,
    key: &PublishedKey,
    forgery: ForgeryName,
) -> Result<Token, Stopped> {
    let particulars = ForgeryDetails { key_id: Some(key.id.clone()), ..ForgeryDetails::default() };
    tailored(world, server, forgery, particulars).await
}

#[when(expr = "the issuer publishes a new key, and a client sends {word} with a token signed with it")]
async fn new_key(world: &mut World, words: String) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let operation = operation(world, server, &words)?;
    let keys = key_set(world, server)?;
    let key = publish(world, keys)?;
    let token = under(world, server, &key, NEW).await?;
    world.stimulate();
    let patience = keys.patience();
    let exchange = server.send_patiently(&operation, &token, patience.time(), reply::is_accepted).await;
    let noticed = exchange.response().is_none_or(reply::is_accepted);
    world.answer(exchange);
    if noticed { Ok(()) } else { unless_guessed(world, patience, "a new key was not found") }
}

#[when(expr = "the issuer withdraws a key that was in use, and a client sends {word} with a token signed with it")]
async fn withdrawn_key(world: &mut World, words: String) -> StepResult {
    let expected = "a token signed with a new key is accepted, as the positive control";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let operation: Operation = operation(world, server, &words)?;
    let keys = key_set(world, server)?;
    let patience = keys.patience();
    let key = publish(world, keys)?;
    let before = under(world, server, &key, NEW).await?;
    let after = under(world, server, &key, WITHDRAWN).await?;
    let control = server.send_patiently(&operation, &before, patience.time(), reply::is_accepted).await;
    let control = world.note(control);
    if !control.response().is_some_and(reply::is_accepted) {
        unless_guessed(world, patience, "a new key was not found")?;
        return Err(world.stop(expected, "the positive control failed: the new key is not accepted"));
    }
    drop(key);
    world.stimulate();
    let exchange = server.send_patiently(&operation, &after, patience.time(), |answer| !answer.is_success()).await;
    let noticed = !exchange.response().is_some_and(Response::is_success);
    world.answer(exchange);
    if noticed { Ok(()) } else { unless_guessed(world, patience, "the withdrawn key still works") }
}

#[when(expr = "a client sends {word} with {int} tokens that each name another unknown key")]
async fn unknown_keys(world: &mut World, words: String, count: usize) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let operation = operation(world, server, &words)?;
    if key_set(world, server)?.is_bypassed() {
        let reason = "the server asks the issuer about each token (RFC 7662), and for no keys";
        return Err(world.pass_by("a server that verifies tokens by the keys of the issuer", reason));
    }
    let mut tokens = Vec::new();
    for _ in 0..count {
        tokens.push(tailored(world, server, UNKNOWN, ForgeryDetails::default()).await?);
    }
    world.stimulate();
    let before = server.key_requests().await.map_err(|reason| world.stop(STIMULUS, reason))?;
    let started = Instant::now();
    for token in tokens {
        let exchange = server.send_once(&operation, token).await;
        world.answer(exchange);
    }
    let took = started.elapsed();
    let after = server.key_requests().await.map_err(|reason| world.stop(STIMULUS, reason))?;
    world.leave(KeyTraffic { before, after, tokens: count, took });
    Ok(())
}

#[when(regex = r"^a client reads it back with (.+)$")]
async fn reads_back_with(world: &mut World, name: TokenName) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let Some(effect) = server.bench().effect.clone() else {
        return Err(world.fail(STIMULUS, "the Given should have stopped this"));
    };
    let token = server.token(&name).await.map_err(|cannot| world.lack(STIMULUS, &cannot))?;
    world.stimulate();
    let exchange = server.send(&Operation::ToolsCall(effect.read), &[Credential::bearer(token)]).await;
    world.answer(exchange);
    Ok(())
}

#[when(regex = r"^a client sends (\S+) with ([^,]+), and right after it with a valid one$")]
async fn two_tokens(world: &mut World, words: String, name: TokenName) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let operation = operation(world, server, &words)?;
    let mut tokens = Vec::new();
    for name in [name, VALID] {
        tokens.push(server.token(&name).await.map_err(|cannot| world.lack(STIMULUS, &cannot))?);
    }
    world.stimulate();
    for token in tokens {
        let exchange = server.send(&operation, &[Credential::bearer(token)]).await;
        world.answer(exchange);
    }
    Ok(())
}

#[when(expr = "a client sends {word} by plain http")]
async fn plain_http(world: &mut World, words: String) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let operation = operation(world, server, &words)?;
    world.stimulate();
    let exchange = server.send_by_plain_http(&operation).await;
    world.answer(exchange);
    Ok(())
}
