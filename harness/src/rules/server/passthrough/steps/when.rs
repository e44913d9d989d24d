//! Calls that make a server turn to another party: an upstream API, or the user.

use crate::mcp::{Call, Operation, ToolCall};
use crate::rules::server::isolation::steps::given::credential;
use crate::rules::server::passthrough::evidence::UpstreamCalls;
use crate::rules::server::passthrough::purpose::{ElicitingWithoutToken, HalfAMessage};
use crate::token_name::VALID;
use crate::world::{StepResult, World, server};
use cucumber::when;
use serde_json::{Value, json};

const STIMULUS: &str = "a request to the server";

#[when("a client calls that tool with a valid token")]
async fn calls_upstream(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let Some(tool) = server.bench().capabilities.upstream.clone() else {
        return Err(world.fail(STIMULUS, "the Given should have stopped this"));
    };
    let user = credential(world, server, VALID).await?;
    let call = Operation::ToolsCall(tool.call.clone());
    let called = async || server.send_as(&call, "so that the upstream API is called", Some(&user), &[]).await;
    let outcome = server.beside_upstream(&tool, called).await;
    let (exchange, calls) = outcome.map_err(|reason| world.stop(STIMULUS, reason))?;
    world.note(exchange);
    let calls = calls.into_iter().map(|call| world.note(call)).collect();
    world.leave(UpstreamCalls(calls));
    Ok(())
}

#[when("half a message comes in with a valid token")]
async fn half(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let token = server.token(&VALID).await.map_err(|cannot| world.lack(STIMULUS, &cannot))?;
    let mut request = server.labelled(HalfAMessage, &server.guarded(), Some(token)).await;
    let half = request.body.len() / 2;
    request.body = request.body.slice(..half);
    world.stimulate();
    let exchange = server.deliver(request, &server.bench().sender).await;
    world.answer(exchange);
    Ok(())
}

/// A call by a client that supports elicitation in both modes, where each request says so.
fn eliciting(method: &'static str, tool: Option<&ToolCall>) -> Operation {
    let capabilities = json!({ "elicitation": { "form": {}, "url": {} } });
    let mut params = json!({ "_meta": { "io.modelcontextprotocol/clientCapabilities": capabilities } });
    if let Some(tool) = tool {
        params["name"] = tool.name.clone().into();
        params["arguments"] = Value::Object(tool.arguments.clone());
    }
    Operation::Call(Call { words: method.to_owned(), method, params })
}

#[when(expr = "a client that supports elicitation sends {word} and no token")]
async fn without_token(world: &mut World, words: String) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let call = match words.as_str() {
        "tools/list" if !server.bench().lists_for_everybody() => eliciting("tools/list", None),
        "tools/list" | "tools/call" => eliciting("tools/call", Some(&server.bench().tool)),
        other => return Err(world.fail(STIMULUS, format!("`{other}` is no operation here"))),
    };
    world.stimulate();
    let exchange = server.send_in(None, &call, ElicitingWithoutToken, None, &[]).await;
    world.answer(exchange);
    Ok(())
}

#[when("a client that supports elicitation calls the tool")]
async fn calls(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let Some(tool) = server.bench().capabilities.elicitation.clone() else {
        return Err(world.fail(STIMULUS, "the Given should have stopped this"));
    };
    let user = credential(world, server, VALID).await?;
    let session = match server.revision().is_stateless() {
        true => None,
        false => server.open_eliciting_session(&user).await,
    };
    world.stimulate();
    let call = eliciting("tools/call", Some(&tool));
    let exchange = server.send_in(session.as_deref(), &call, "so that something is elicited", Some(&user), &[]).await;
    world.answer(exchange);
    Ok(())
}
