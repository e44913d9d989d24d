//! What scenarios about tokens stand on besides a valid one.

use crate::bench::{Credential, ServerStage};
use crate::declared::Capability;
use crate::protocol::reply;
use crate::rules::server::common::given::{effect_with_a_valid_token, is_control};
use crate::rules::server::common::when::operation;
use crate::rules::server::jwt::evidence::EffectOfUser;
use crate::token_name::{TokenName, VALID};
use crate::tokens::token as named;
use crate::wire::{Honest, Request};
use crate::world::{StepResult, World, server};
use cucumber::given;

#[given(regex = r"^(\S+) is accepted with (a token [^,]+)$")]
async fn accepted_with(world: &mut World, words: String, token: TokenName) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop("a server", reason))?;
    control(world, server, &words, &token).await
}

#[given(regex = r"^(a batch of \S+ and \S+) is accepted with a valid token$")]
async fn batch_accepted(world: &mut World, words: String) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop("a server", reason))?;
    if server.bench().lists_for_everybody() {
        return Err(world.pass_by("a batch with a message that takes a token", "everybody can list the tools"));
    }
    if let Err(missing) = server.bench().capabilities.of(Capability::Batches, Some(&())) {
        return Err(world.do_without("a server that takes batches", &missing));
    }
    control(world, server, &words, &VALID).await
}

async fn control(world: &mut World, server: &ServerStage, words: &str, token: &TokenName) -> StepResult {
    let expected = format!("{words} is accepted with {token}, as the positive control");
    let operation = operation(world, server, words)?;
    let control = server.control_with(&operation, token).await.map_err(|cannot| world.lack(&expected, &cannot))?;
    let control = world.note(control);
    if is_control(&control) {
        return Ok(());
    }
    let seen = control.response().map_or_else(|| "no answer".to_owned(), reply::shown);
    Err(world.stop(&expected, format!("the positive control failed: {seen}")))
}

#[given("access tokens follow RFC 9068")]
async fn follows_rfc9068(world: &mut World) -> StepResult {
    let expected = "access tokens that follow RFC 9068";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    if server.bench().subject.rfc9068 {
        return Ok(());
    }
    Err(world.pass_by(expected, "the operator does not say that access tokens follow RFC 9068"))
}

/// Where every invalid token breaks the server, one that breaks it tells nothing new.
#[given(expr = "an invalid token does not break the server at {word}")]
async fn is_robust(world: &mut World, words: String) -> StepResult {
    let expected = "a server that answers an invalid token below HTTP 500";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let operation = operation(world, server, &words)?;
    let name: &TokenName = named!("a token signed by another key");
    let token = server.token(name).await.map_err(|cannot| world.lack(expected, &cannot))?;
    let exchange = world.note(server.send(&operation, &[Credential::bearer(token)]).await);
    match exchange.response() {
        Some(response) if response.status >= 500 => {
            let reason = format!("it answers {name} with HTTP {}, which RS-CHALLENGE-10 judges", response.status);
            Err(world.pass_by(expected, reason))
        }
        _ => Ok(()),
    }
}

#[given("the endpoint is not on this machine")]
async fn elsewhere(world: &mut World) -> StepResult {
    let expected = "an endpoint on another machine";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    if server.is_local() {
        return Err(world.pass_by(expected, "the endpoint is on this machine, where plain http is allowed"));
    }
    Ok(())
}

#[given(expr = "the endpoint answers {word}")]
async fn answers(world: &mut World, words: String) -> StepResult {
    let expected = format!("an answer to {words}, whatever it is");
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(&expected, reason))?;
    let operation = operation(world, server, &words)?;
    let exchange = world.note(server.send(&operation, &[]).await);
    match &exchange.answer {
        Ok(_) => Ok(()),
        Err(failure) => Err(world.stop(&expected, failure)),
    }
}

#[given("a canary that notices whoever comes")]
async fn canary(world: &mut World) -> StepResult {
    let expected = "a canary that the server can reach and that notices contacts";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let nest = server.nest().map_err(|reason| world.stop(expected, reason))?;
    let contact = Request::get("the harness itself at the canary", nest.url());
    server.bench().sender.send(contact, &Honest).await;
    if nest.contacts().len() == 1 {
        return Ok(());
    }
    Err(world.fail(expected, "the canary did not notice the harness itself"))
}

#[given("an effect that the user can read back")]
async fn effect(world: &mut World) -> StepResult {
    let marker = effect_with_a_valid_token(world).await?;
    world.leave(EffectOfUser { marker });
    Ok(())
}
