//! What clients with fewer scopes do to an MCP server.

use super::given::scoped;
use crate::bench::{ChosenScopes, Scoped, ServerStage, rewrite};
use crate::mcp::Operation;
use crate::protocol::{jsonrpc, reply};
use crate::rules::server::common::given::marker;
use crate::rules::server::common::when::{marked, meant, reads_back};
use crate::rules::server::scope::judge::{NO_403, challenged};
use crate::rules::server::scope::purpose::{Beside, Connection, Tried, Turn};
use crate::token_name::TokenName;
use crate::tokens::Token;
use crate::wire::Exchange;
use crate::world::{StepResult, Stopped, World, server};
use cucumber::when;
use http::{HeaderName, HeaderValue};
use serde_json::Value;
use url::Url;

const STIMULUS: &str = "a request to the server";
/// A scope that no operation needs.
const UNRELATED: &str = "profile";
/// How often a request is repeated.
const TIMES: usize = 10;
/// A list that has more pages than this is not walked to its end.
const PAGES: usize = 20;

async fn token(
    world: &mut World,
    server: &ServerStage,
    scoped: &Scoped,
    scopes: ChosenScopes,
) -> Result<Token, Stopped> {
    server.token_with(scoped, scopes).await.map_err(|cannot| world.lack(STIMULUS, &cannot))
}

#[when(regex = r"^a client calls the scoped operation with (a token [^,]+)$")]
async fn call_with(world: &mut World, name: TokenName) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let scoped = scoped(world, server, STIMULUS).await?;
    let token = server.token(&name).await.map_err(|cannot| world.lack(STIMULUS, &cannot))?;
    world.stimulate();
    let exchange = server.send_scoped(Tried::OperationWithToken(name), &scoped.call(&marker()), Some(token)).await;
    world.answer(exchange);
    Ok(())
}

#[when("a client lists the tools with none of the base scopes")]
async fn without_base(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let words = ChosenScopes::NoneOfThem.as_str();
    let token = server.token_with_scope(UNRELATED, words).await.map_err(|cannot| world.lack(STIMULUS, &cannot))?;
    world.stimulate();
    let exchange = server.send_scoped(Tried::WithoutBase, &server.guarded(), Some(token)).await;
    world.answer(exchange);
    Ok(())
}

#[when("a client with only the base scopes calls the scoped operation by its name in other case")]
async fn other_case(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let scoped = scoped(world, server, STIMULUS).await?;
    let token = token(world, server, &scoped, ChosenScopes::OnlyBase).await?;
    let mut call = scoped.operation.call.marked(&marker());
    let upper = call.name.to_ascii_uppercase();
    call.name = if upper == call.name { call.name.to_ascii_lowercase() } else { upper };
    world.stimulate();
    let exchange = server.send_scoped(Tried::NamedInOtherCase, &Operation::ToolsCall(call), Some(token)).await;
    world.answer(exchange);
    Ok(())
}

/// The fields in which gateways tell a server what a token grants.
const SCOPE_FIELDS: [&str; 7] = [
    "x-scope",
    "x-scopes",
    "x-oauth-scopes",
    "x-token-scope",
    "x-forwarded-scope",
    "x-auth-request-scope",
    "x-authenticated-scope",
];

#[when(
    regex = r"^a client with only the base scopes names the others in (the arguments|_meta|header fields|the query)$"
)]
async fn beside_the_token(world: &mut World, words: String) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let beside: Beside = meant(world, &words)?;
    let scoped = scoped(world, server, STIMULUS).await?;
    let token = token(world, server, &scoped, ChosenScopes::OnlyBase).await?;
    let claim = ChosenScopes::All.claim(&scoped);
    let mut request = server.labelled(Tried::ScopesBeside(beside), &scoped.call(&marker()), Some(token)).await;
    match beside {
        Beside::Arguments => rewrite(&mut request, |message| {
            message["params"]["arguments"]["scope"] = claim.clone().into();
            message["params"]["arguments"]["scopes"] = claim.split(' ').collect();
        }),
        Beside::Meta => rewrite(&mut request, |message| {
            message["params"]["_meta"]["scope"] = claim.clone().into();
            message["params"]["_meta"]["scopes"] = claim.split(' ').collect();
        }),
        Beside::HeaderFields => {
            let value = HeaderValue::from_str(&claim).map_err(|error| world.fail(STIMULUS, error))?;
            for name in SCOPE_FIELDS {
                request.headers.insert(HeaderName::from_static(name), value.clone());
            }
        }
        Beside::Query => {
            let mut url = Url::parse(&request.url).map_err(|error| world.fail(STIMULUS, error))?;
            url.query_pairs_mut().append_pair("scope", &claim);
            request.url = url.into();
        }
    }
    world.stimulate();
    let exchange = server.deliver(request, &server.bench().sender).await;
    world.answer(exchange);
    Ok(())
}

#[when(regex = r"^a client calls the scoped operation with ((?:all|only|none|its) [^,]+)$")]
async fn call(world: &mut World, scopes: ChosenScopes) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let scoped = scoped(world, server, STIMULUS).await?;
    let token = token(world, server, &scoped, scopes).await?;
    world.stimulate();
    let exchange = server.send_scoped(Tried::Operation(scopes), &scoped.call(&marker()), Some(token)).await;
    world.answer(exchange);
    Ok(())
}

#[when("a client calls the scoped operation ten times with only the base scopes")]
async fn call_repeatedly(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let scoped = scoped(world, server, STIMULUS).await?;
    let token = token(world, server, &scoped, ChosenScopes::OnlyBase).await?;
    let operation = scoped.call(&marker());
    repeat(world, server, |time| Tried::OperationAgain { time }, &operation, Some(&token)).await;
    Ok(())
}

#[when("an outsider sends tools/list ten times")]
async fn list_repeatedly(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    repeat(world, server, |time| Tried::ListByOutsider { time }, &server.guarded(), None).await;
    Ok(())
}

/// Every other time over a connection of its own.
async fn repeat(
    world: &mut World,
    server: &ServerStage,
    tried: fn(usize) -> Tried,
    operation: &Operation,
    token: Option<&Token>,
) {
    world.stimulate();
    for time in 1..=TIMES {
        let exchange = if time % 2 == 0 {
            server.send_on_fresh_connection(tried(time), operation, token.cloned()).await
        } else {
            server.send_scoped(tried(time), operation, token.cloned()).await
        };
        world.answer(exchange);
    }
}

#[when("a client calls the scoped operation with only the base scopes, and then with what the challenge names as well")]
async fn step_up(world: &mut World) -> StepResult {
    let expected = "a 403 whose challenge names scopes";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let scoped = scoped(world, server, STIMULUS).await?;
    let base = token(world, server, &scoped, ChosenScopes::OnlyBase).await?;
    let operation = scoped.call(&marker());
    let first = world.note(server.send_scoped(Tried::OperationBeforeStepUp, &operation, Some(base)).await);
    let Some(refusal) = first.response() else { return Err(world.stop(expected, "there is no answer")) };
    if refusal.is_put_off() {
        return Err(world.stop(expected, format!("HTTP {} only puts a request off", refusal.status)));
    }
    if refusal.status != 403 {
        return Err(world.pass_by(expected, format!("{}, {NO_403}", reply::shown(refusal))));
    }
    let named = challenged(refusal);
    if named.is_empty() {
        return Err(world.pass_by(expected, "it names no scope, which the scenario about what is lacking tells"));
    }
    let further: Vec<_> = named.into_iter().filter(|scope| !scoped.base.contains(scope)).collect();
    let claim = [scoped.base.clone(), further].concat().join(" ");
    let words = "what the challenge names as well";
    let token = server.token_with_scope(&claim, words).await.map_err(|cannot| world.lack(expected, &cannot))?;
    world.stimulate();
    let exchange = server.send_scoped(Tried::OperationAfterStepUp, &operation, Some(token)).await;
    world.answer(exchange);
    Ok(())
}

#[when("a client sends tools/list without a token, and calls the scoped operation with only the base scopes")]
async fn two_challenges(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let scoped = scoped(world, server, STIMULUS).await?;
    let token = token(world, server, &scoped, ChosenScopes::OnlyBase).await?;
    world.stimulate();
    let first = server.send(&server.guarded(), &[]).await;
    world.answer(first);
    let second = server.send_scoped(Tried::OperationBesideOutsider, &scoped.call(&marker()), Some(token)).await;
    world.answer(second);
    Ok(())
}

#[when("a client uses the scoped operation with only the base scopes, and its effect is looked for")]
async fn look_for_effect(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let scoped = scoped(world, server, STIMULUS).await?;
    let token = token(world, server, &scoped, ChosenScopes::OnlyBase).await?;
    let Some(effect) = server.bench().effect.clone() else {
        return Err(world.fail(STIMULUS, "the Given should have stopped this"));
    };
    let marker = marker();
    world.stimulate();
    let exchange = server.send_scoped(Tried::OperationForItsEffect, &scoped.call(&marker), Some(token)).await;
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
        let tried = Tried::Implied {
            operation: operation.name.clone(),
            broad: implication.broad.clone(),
            narrow: implication.narrow.clone(),
        };
        let exchange = server.send_scoped(tried, &marked(&operation.call, &marker()), Some(token)).await;
        world.answer(exchange);
    }
    Ok(())
}

#[when("a client with only the base scopes calls the tool that needs no others")]
async fn base_only(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let scoped = scoped(world, server, STIMULUS).await?;
    let token = token(world, server, &scoped, ChosenScopes::OnlyBase).await?;
    let operation = Operation::ToolsCall(server.bench().tool.clone());
    world.stimulate();
    let exchange = server.send_scoped(Tried::HarmlessTool, &operation, Some(token)).await;
    world.answer(exchange);
    Ok(())
}

#[when("clients with all scopes, with only the base scopes, and with all scopes again list the tools")]
async fn lists(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let scoped = scoped(world, server, STIMULUS).await?;
    let all = token(world, server, &scoped, ChosenScopes::All).await?;
    let base = token(world, server, &scoped, ChosenScopes::OnlyBase).await?;
    let one = server.bench().sender.anew();
    world.stimulate();
    let (all, base) = ((ChosenScopes::All, &all), (ChosenScopes::OnlyBase, &base));
    for (turn, (scopes, token)) in [(Turn::First, all), (Turn::Second, base), (Turn::Third, all)] {
        let tried = Tried::List { scopes, turn, connection: Connection::Shared };
        let request = server.labelled(tried, &Operation::ToolsList, Some(token.clone())).await;
        let exchange = server.deliver(request, &one).await;
        world.answer(exchange);
    }
    for (turn, (scopes, token)) in [(Turn::First, base), (Turn::Second, all), (Turn::Third, base)] {
        let tried = Tried::List { scopes, turn, connection: Connection::Fresh };
        let exchange = server.send_on_fresh_connection(tried, &Operation::ToolsList, Some(token.clone())).await;
        world.answer(exchange);
    }
    Ok(())
}

#[when("clients with all scopes and with only the base scopes walk the pages of tools/list")]
async fn pages(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let scoped = scoped(world, server, STIMULUS).await?;
    world.stimulate();
    for scopes in [ChosenScopes::All, ChosenScopes::OnlyBase] {
        let token = token(world, server, &scoped, scopes).await?;
        let mut cursor = None;
        for number in 1..=PAGES {
            let tried = Tried::Page { scopes, number };
            let mut request = server.labelled(tried, &Operation::ToolsList, Some(token.clone())).await;
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
    let scoped = scoped(world, server, STIMULUS).await?;
    let token = token(world, server, &scoped, ChosenScopes::OnlyBase).await?;
    let list = server.send_scoped(Tried::ListBeforeCall, &Operation::ToolsList, Some(token.clone())).await;
    world.note(list);
    world.stimulate();
    let exchange = server.send_scoped(Tried::OperationUnlisted, &scoped.call(&marker()), Some(token)).await;
    world.answer(exchange);
    Ok(())
}
