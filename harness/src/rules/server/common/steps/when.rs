//! What a client does to an MCP server.

use super::given::marker;
use crate::bench::{Credential, Openness, Placement, ServerStage};
use crate::mcp::{Operation, ToolCall};
use crate::protocol::{jsonrpc, reply};
use crate::rules::server::common::evidence::Effect;
use crate::rules::server::common::words::UnknownWords;
use crate::token_name::{TokenName, VALID};
use crate::tokens::Token;
use crate::wire::Exchange;
use crate::world::{StepResult, Stopped, World, server};
use cucumber::when;
use http::header::HOST;
use http::{HeaderName, HeaderValue};
use std::str::FromStr;

const STIMULUS: &str = "a request to the server";
const PROTECTED: &str = "an operation that takes a token";

/// The token of this name.
pub(crate) async fn token(world: &mut World, server: &ServerStage, name: &TokenName) -> Result<Token, Stopped> {
    server.token(name).await.map_err(|cannot| world.lack(STIMULUS, &cannot))
}

/// The operation that these words name.
pub(crate) fn operation(world: &mut World, server: &ServerStage, words: &str) -> Result<Operation, Stopped> {
    server.operation(words).map_err(|error| world.fail(STIMULUS, error))
}

/// The value that these words of the feature files stand for.
pub(crate) fn meant<T: FromStr<Err = UnknownWords>>(world: &mut World, words: &str) -> Result<T, Stopped> {
    words.parse().map_err(|unknown: UnknownWords| world.fail(STIMULUS, unknown))
}

/// An operation that the server is to carry out, which takes a tool that is there.
fn known_operation(world: &mut World, server: &ServerStage, words: &str) -> Result<Operation, Stopped> {
    match operation(world, server, words)? {
        Operation::ToolsCall(tool) if tool.is_unknown() => {
            let reason =
                "no tool is known that can be called without arguments; declare `protected` in the subject file";
            Err(world.stop(STIMULUS, reason))
        }
        operation => Ok(operation),
    }
}

/// Sends an operation with these tokens, each put where `place` says.
pub(crate) async fn send(world: &mut World, words: &str, tokens: &[(&TokenName, Placement)]) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let operation = match tokens {
        [] => operation(world, server, words)?,
        _ => known_operation(world, server, words)?,
    };
    if tokens.is_empty() {
        unless_declared_public(world, server, &operation)?;
    }
    let mut credentials = Vec::new();
    for (name, placement) in tokens {
        let token = token(world, server, name).await?;
        credentials.push(Credential { token, placement: placement.clone() });
    }
    world.stimulate();
    let exchange = server.send(&operation, &credentials).await;
    if tokens.is_empty() {
        return answer_unless_public(world, server, &operation, exchange);
    }
    world.answer(exchange);
    Ok(())
}

/// Leaves out an operation that is declared to be public.
pub(crate) fn unless_declared_public(world: &mut World, server: &ServerStage, operation: &Operation) -> StepResult {
    match server.bench().openness(operation) {
        Openness::Declared => {
            Err(world.pass_by(PROTECTED, format!("everybody may use {operation}, says the operator")))
        }
        Openness::Protected | Openness::Undeclared => Ok(()),
    }
}

/// Takes an answer to a request without a token as what is judged, unless it was carried out and nobody told whether
/// that is meant so.
pub(crate) fn answer_unless_public(
    world: &mut World,
    server: &ServerStage,
    operation: &Operation,
    exchange: Exchange,
) -> StepResult {
    let untold = server.bench().openness(operation) == Openness::Undeclared;
    if untold && exchange.response().is_some_and(reply::is_accepted) {
        world.note(exchange);
        let reason = format!(
            "{operation} is answered without a token, and nobody told whether everybody may use it; declare \
             public_operations in the subject file"
        );
        return Err(world.stop(PROTECTED, reason));
    }
    world.answer(exchange);
    Ok(())
}

#[when(regex = r"^a client sends (.+) without a token$")]
async fn without_token(world: &mut World, words: String) -> StepResult {
    send(world, &words, &[]).await
}

#[when(regex = r"^a client sends (\S+) with ((?:a|an|the|three|32|characters) [^,]+)$")]
async fn with_token(world: &mut World, words: String, name: TokenName) -> StepResult {
    send(world, &words, &[(&name, Placement::bearer())]).await
}

#[when(regex = r"^a client sends (\S+) with ([^,]+), and (\S+): (\S+)$")]
async fn with_host(world: &mut World, words: String, name: TokenName, header: String, value: String) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let operation = operation(world, server, &words)?;
    let token = token(world, server, &name).await?;
    let name = if header == "Host" { Ok(HOST) } else { HeaderName::from_bytes(header.as_bytes()) };
    let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(&value)) else {
        return Err(world.fail(STIMULUS, format!("{header} is no header field")));
    };
    world.stimulate();
    let exchange = server.send_with(&operation, &[Credential::bearer(token)], &[(name, value)]).await;
    world.answer(exchange);
    Ok(())
}

#[when(regex = r"^a client calls the tool with (.+)$")]
async fn effect(world: &mut World, name: TokenName) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let token = token(world, server, &name).await?;
    look_for_effect(world, server, &[Credential::bearer(token)]).await
}

#[when("a client calls the tool without a token")]
async fn effect_without_token(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    look_for_effect(world, server, &[]).await
}

/// Calls the tool with an effect, and looks for the effect afterwards.
async fn look_for_effect(world: &mut World, server: &ServerStage, credentials: &[Credential]) -> StepResult {
    let Some(effect) = server.bench().effect.clone() else {
        return Err(world.fail(STIMULUS, "the Given should have stopped this"));
    };
    let marker = marker();
    world.stimulate();
    let exchange = server.send(&marked(&effect.call, &marker), credentials).await;
    world.answer(exchange);
    let effect = reads_back(world, server, &effect.read, &marker).await?;
    world.leave(effect);
    Ok(())
}

/// The call with its marker in place.
pub(crate) fn marked(call: &ToolCall, marker: &str) -> Operation {
    Operation::ToolsCall(call.marked(marker))
}

/// Whether the effect that has this marker can be read back with a valid token.
pub(crate) async fn reads_back(
    world: &mut World,
    server: &ServerStage,
    read: &ToolCall,
    marker: &str,
) -> Result<Effect, Stopped> {
    let token = token(world, server, &VALID).await?;
    let exchange = server.send(&Operation::ToolsCall(read.clone()), &[Credential::bearer(token)]).await;
    let exchange = world.note(exchange);
    match exchange.response().and_then(jsonrpc::result) {
        Some(result) if result.to_string().contains(marker) => Ok(Effect::Seen),
        Some(_) => Ok(Effect::NotSeen),
        None => Err(world.stop("the effect can be read back", "the tool that reads back gave no result")),
    }
}
