//! What clients with fewer scopes do to an MCP server.

use crate::bench::{Scoped, ServerStage, rewrite};
use crate::mcp::Operation;
use crate::protocol::jsonrpc;
use crate::rules::server::common::given::marker;
use crate::rules::server::common::when::reads_back;
use crate::rules::server::scope::judge as scope;
use crate::rules::server::scope::steps::given::scoped;
use crate::tokens::Token;
use crate::wire::Exchange;
use crate::world::{StepResult, Stopped, World, server};
use cucumber::when;
use serde_json::Value;

const STIMULUS: &str = "a request to the server";
/// How often a request is repeated.
const TIMES: usize = 10;
/// A list that has more pages than this is not walked to its end.
const PAGES: usize = 20;

async fn token(world: &mut World, server: &ServerStage, scoped: &Scoped, words: &str) -> Result<Token, Stopped> {
    let Some(claim) = scoped.claim(words) else {
        return Err(world.fail(STIMULUS, format!("`{words}` describes no scopes")));
    };
    server.token_with_scope(&claim, words).await.map_err(|cannot| world.lack(STIMULUS, &cannot))
}

#[when(regex = r"^a client calls the scoped operation with ([^,]+)$")]
async fn call(world: &mut World, words: String) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let scoped = scoped(world, server, STIMULUS)?;
    let token = token(world, server, &scoped, &words).await?;
    world.stimulate();
    let label = format!("the scoped operation with {words}");
    let exchange = server.send_scoped(&label, &scoped.call(&marker()), Some(token)).await;
    world.answer(exchange);
    Ok(())
}

#[when("a client calls the scoped operation ten times with only the base scopes")]
async fn call_repeatedly(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let scoped = scoped(world, server, STIMULUS)?;
    let token = token(world, server, &scoped, "only the base scopes").await?;
    let operation = scoped.call(&marker());
    repeat(world, server, "the scoped operation with only the base scopes", &operation, Some(&token)).await;
    Ok(())
}

#[when("an outsider sends tools/list ten times")]
async fn list_repeatedly(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    repeat(world, server, "tools/list without a token", &server.guarded(), None).await;
    Ok(())
}

/// Every other time over a connection of its own.
async fn repeat(world: &mut World, server: &ServerStage, what: &str, operation: &Operation, token: Option<&Token>) {
    world.stimulate();
    for time in 1..=TIMES {
        let label = format!("{what}, time {time}");
        let exchange = if time % 2 == 0 {
            server.send_on_fresh_connection(&label, operation, token.cloned()).await
        } else {
            server.send_scoped(&label, operation, token.cloned()).await
        };
        world.answer(exchange);
    }
}

#[when("a client calls the scoped operation with only the base scopes, and then with what the challenge names as well")]
async fn step_up(world: &mut World) -> StepResult {
    let expected = "a 403 whose challenge names scopes";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let scoped = scoped(world, server, STIMULUS)?;
    let base = token(world, server, &scoped, "only the base scopes").await?;
    let operation = scoped.call(&marker());
    let first = world.note(server.send_scoped("the scoped operation before the step-up", &operation, Some(base)).await);
    let named = first.response().filter(|response| response.status == 403).map(scope::challenged).unwrap_or_default();
    if named.is_empty() {
        return Err(world.stop(expected, "there is none"));
    }
    let further: Vec<_> = named.into_iter().filter(|scope| !scoped.base.contains(scope)).collect();
    let claim = [scoped.base.clone(), further].concat().join(" ");
    let words = "what the challenge names as well";
    let token = server.token_with_scope(&claim, words).await.map_err(|cannot| world.lack(expected, &cannot))?;
    world.stimulate();
    let label = format!("the scoped operation with {words}");
    let exchange = server.send_scoped(&label, &operation, Some(token)).await;
    world.answer(exchange);
    Ok(())
}

#[when("a client sends tools/list without a token, and calls the scoped operation with only the base scopes")]
async fn two_challenges(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let scoped = scoped(world, server, STIMULUS)?;
    let token = token(world, server, &scoped, "only the base scopes").await?;
    world.stimulate();
    let first = server.send(&server.guarded(), &[]).await;
    world.answer(first);
    let second = "the scoped operation with only the base scopes, beside a 401";
    let second = server.send_scoped(second, &scoped.call(&marker()), Some(token)).await;
    world.answer(second);
    Ok(())
}

#[when("a client uses the scoped operation with only the base scopes, and its effect is looked for")]
async fn look_for_effect(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let scoped = scoped(world, server, STIMULUS)?;
    let token = token(world, server, &scoped, "only the base scopes").await?;
    let Some(effect) = server.bench().effect.clone() else {
        return Err(world.fail(STIMULUS, "the Given should have stopped this"));
    };
    let marker = marker();
    world.stimulate();
    let label = "the scoped operation whose effect is looked for";
    let exchange = server.send_scoped(label, &scoped.call(&marker), Some(token)).await;
    world.answer(exchange);
    let effect = reads_back(world, server, &effect.read, &marker).await?;
    world.leave(effect);
    Ok(())
}

#[when("a client with the broader scope alone calls an operation that needs the narrower one")]
async fn broader(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let subject = server.bench().subject.clone();
    world.stimulate();
    for implication in &subject.scope_hierarchy {
        let Some(operation) = subject.operations.iter().find(|one| one.scopes.contains(&implication.narrow)) else {
            continue;
        };
        let others = operation.scopes.iter().filter(|scope| **scope != implication.narrow);
        let claim = others.chain([&implication.broad]).cloned().collect::<Vec<_>>().join(" ");
        let words = format!("{} in place of {}", implication.broad, implication.narrow);
        let token = server.token_with_scope(&claim, &words).await.map_err(|cannot| world.lack(STIMULUS, &cannot))?;
        let scoped = Scoped { operation: operation.clone(), base: subject.base_scopes.clone(), further: Vec::new() };
        let label = format!("{} with {words}", operation.name);
        let exchange = server.send_scoped(&label, &scoped.call(&marker()), Some(token)).await;
        world.answer(exchange);
    }
    Ok(())
}

#[when("a client with only the base scopes calls the tool that needs no others")]
async fn base_only(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let scoped = scoped(world, server, STIMULUS)?;
    let token = token(world, server, &scoped, "only the base scopes").await?;
    let operation = Operation::ToolsCall(server.bench().tool.clone());
    world.stimulate();
    let exchange = server.send_scoped("the harmless tool with only the base scopes", &operation, Some(token)).await;
    world.answer(exchange);
    Ok(())
}

#[when("clients with all scopes, with only the base scopes, and with all scopes again list the tools")]
async fn lists(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let scoped = scoped(world, server, STIMULUS)?;
    let all = token(world, server, &scoped, "all its scopes").await?;
    let base = token(world, server, &scoped, "only the base scopes").await?;
    let one = server.bench().sender.anew().map_err(|error| world.fail(STIMULUS, error))?;
    world.stimulate();
    for (place, token) in [("first", &all), ("second", &base), ("third", &all)] {
        let label = format!("the {place} list with {}, on one connection", token.name);
        let request = server.labelled(&label, &Operation::ToolsList, Some(token.clone())).await;
        let exchange = server.deliver(request, &one).await;
        world.answer(exchange);
    }
    for (place, token) in [("first", &base), ("second", &all), ("third", &base)] {
        let label = format!("the {place} list with {}, on a fresh connection", token.name);
        let exchange = server.send_on_fresh_connection(&label, &Operation::ToolsList, Some(token.clone())).await;
        world.answer(exchange);
    }
    Ok(())
}

#[when("clients with all scopes and with only the base scopes walk the pages of tools/list")]
async fn pages(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let scoped = scoped(world, server, STIMULUS)?;
    world.stimulate();
    for words in ["all its scopes", "only the base scopes"] {
        let token = token(world, server, &scoped, words).await?;
        let mut cursor = None;
        for page in 1..=PAGES {
            let label = format!("page {page} of tools/list with {words}");
            let mut request = server.labelled(&label, &Operation::ToolsList, Some(token.clone())).await;
            if let Some(cursor) = cursor {
                rewrite(&mut request, |message| message["params"]["cursor"] = cursor);
            }
            let exchange = server.deliver(request, &server.bench().sender).await;
            cursor = next_cursor(&exchange);
            world.answer(exchange);
            if cursor.is_none() {
                break;
            }
        }
    }
    Ok(())
}

fn next_cursor(exchange: &Exchange) -> Option<Value> {
    let result = exchange.response().and_then(jsonrpc::result)?;
    result.get("nextCursor").filter(|cursor| cursor.is_string()).cloned()
}

#[when("a client with only the base scopes lists the tools, and calls the scoped operation whether it is there or not")]
async fn hidden(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let scoped = scoped(world, server, STIMULUS)?;
    let token = token(world, server, &scoped, "only the base scopes").await?;
    let list = server.send_scoped("the list before a direct call", &Operation::ToolsList, Some(token.clone())).await;
    world.note(list);
    world.stimulate();
    let label = "the scoped operation called directly";
    let exchange = server.send_scoped(label, &scoped.call(&marker()), Some(token)).await;
    world.answer(exchange);
    Ok(())
}
