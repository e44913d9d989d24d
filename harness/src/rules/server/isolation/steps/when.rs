//! What another user, and a client without a token, do with what is a user's.

use super::given::credential;
use crate::bench::{Credential, ServerStage};
use crate::declared::{Capability, HandleTool};
use crate::mcp::{Call, Operation, ToolCall};
use crate::protocol::jsonrpc;
use crate::protocol::url::origin_of;
use crate::rules::server::common::when::{answer_unless_public, meant, unless_declared_public};
use crate::rules::server::isolation::calls::{
    Alteration, Elsewhere, about_task, change_an_argument, claims_in_headers, cookies, demand, with_handle,
};
use crate::rules::server::isolation::evidence::{
    AskedAboutTask, Demanded, Handles, Identities, OwnerAfterwards, SessionOf, StateHandle, TaskOf,
};
use crate::rules::server::isolation::judge::{differences, told};
use crate::rules::server::isolation::purpose::{Circumstance, Inbound, Place, WithoutToken};
use crate::token_name::{OTHER_USER, VALID};
use crate::wire::{Reading, Request};
use crate::world::{StepResult, Stopped, World, server};
use cucumber::when;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderValue, Method};
use serde_json::{Value, json};

/// How many handles are looked at.
const HANDLES: usize = 20;

const STIMULUS: &str = "a request to the server";

#[when(regex = r"^(a (?:POST|GET|DELETE|PUT|PATCH).*) comes in without a token$")]
async fn comes_in(world: &mut World, words: String) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let inbound = meant(world, &words)?;
    let operation = match inbound {
        Inbound::Notification | Inbound::Response => Operation::Notification,
        Inbound::Get => Operation::Stream,
        Inbound::Delete => Operation::EndSession,
        Inbound::Request | Inbound::Put | Inbound::Patch | Inbound::OldStream | Inbound::OldMessage => server.guarded(),
    };
    let request = without_credentials(server, inbound).await;
    unless_declared_public(world, server, &operation)?;
    world.stimulate();
    let exchange = server.send_bare(Request { purpose: WithoutToken(inbound).into(), ..request }).await;
    answer_unless_public(world, server, &operation, exchange)
}

async fn without_credentials(server: &ServerStage, inbound: Inbound) -> Request {
    let origin = origin_of(&server.bench().endpoint).unwrap_or_default();
    let of = |operation: Operation| server.complete(operation);
    match inbound {
        Inbound::Request => of(server.guarded()).await,
        Inbound::Notification => of(Operation::Notification).await,
        Inbound::Response => {
            of(Operation::Notification).await.content(json!({ "jsonrpc": "2.0", "id": 0, "result": {} }).to_string())
        }
        Inbound::Get => of(Operation::Stream).await,
        Inbound::Delete => of(Operation::EndSession).await,
        Inbound::Put => Request { method: Method::PUT, ..of(server.guarded()).await },
        Inbound::Patch => Request { method: Method::PATCH, ..of(server.guarded()).await },
        Inbound::OldStream => {
            let stream = Request::get(WithoutToken(inbound), format!("{origin}/sse"));
            let stream = stream.header(ACCEPT, HeaderValue::from_static("text/event-stream"));
            Request { reading: Reading::Head, ..stream }
        }
        Inbound::OldMessage => {
            let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {} });
            let url = format!("{origin}/messages?sessionId={}", uuid::Uuid::new_v4());
            Request::new(WithoutToken(inbound), Method::POST, url)
                .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
                .content(message.to_string())
        }
    }
}

#[when(regex = r"^the session id is presented with (.+) and without a token$")]
async fn without_token(world: &mut World, words: String) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let SessionOf(session) = world.evidence()?;
    let operation = server.operation(&words).map_err(|error| world.fail(STIMULUS, error))?;
    unless_declared_public(world, server, &operation)?;
    world.stimulate();
    let exchange = server.send_in(Some(&session), &operation, Circumstance::SessionAlone, None, &[]).await;
    answer_unless_public(world, server, &operation, exchange)
}

#[when(regex = r"^the other user sends (.+) in the first session$")]
async fn other_user(world: &mut World, words: String) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let SessionOf(session) = world.evidence()?;
    let operation = server.operation(&words).map_err(|error| world.fail(STIMULUS, error))?;
    let (user, other) = (credential(world, server, VALID).await?, credential(world, server, OTHER_USER).await?);
    world.stimulate();
    let exchange = server.send_in(Some(&session), &operation, Circumstance::OthersSession, Some(&other), &[]).await;
    world.answer(exchange);
    let after = server.send_in(Some(&session), &Operation::ToolsList, "in it afterwards", Some(&user), &[]).await;
    let after = world.note(after);
    world.leave(OwnerAfterwards(after));
    Ok(())
}

#[when("a client opens many sessions")]
async fn many_sessions(world: &mut World) -> StepResult {
    let expected = "session ids to look at";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let opened = server.many_sessions().await.map_err(|cannot| world.lack(expected, &cannot))?;
    world.stimulate();
    for exchange in opened.iter().cloned() {
        world.answer(exchange);
    }
    Ok(())
}

fn handle_tool(world: &mut World, server: &ServerStage) -> Result<HandleTool, Stopped> {
    match &server.bench().capabilities.handle {
        Some(tool) => Ok(tool.clone()),
        None => Err(world.fail(STIMULUS, "the Given should have stopped this")),
    }
}

#[when(regex = r"^the handle is used (without a token|by another user)$")]
async fn uses_handle(world: &mut World, how: String) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let (tool, StateHandle(handle)) = (handle_tool(world, server)?, world.evidence()?);
    let other = match how.as_str() {
        "by another user" => Some(credential(world, server, OTHER_USER).await?),
        _ => None,
    };
    world.stimulate();
    let words = format!("with a user's handle {how}");
    let exchange = server.send_as(&with_handle(&tool.take, &handle), &words, other.as_ref(), &[]).await;
    world.answer(exchange);
    Ok(())
}

#[when("a client gets many state handles")]
async fn many_handles(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let tool = handle_tool(world, server)?;
    let user = credential(world, server, VALID).await?;
    let mut handles = Vec::new();
    world.stimulate();
    for _ in 0..HANDLES {
        let made = Operation::ToolsCall(tool.make.clone());
        let exchange = server.send_as(&made, "one handle of many", Some(&user), &[]).await;
        let result = exchange.response().and_then(jsonrpc::result).unwrap_or_default();
        handles.extend(result.pointer(&tool.pointer).and_then(Value::as_str).map(str::to_owned));
        world.answer(exchange);
    }
    world.leave(Handles(handles));
    Ok(())
}

#[when(regex = r"^the call is repeated with a requestState that is (.+)$")]
async fn altered(world: &mut World, words: String) -> StepResult {
    let demanded: Demanded = world.evidence()?;
    let alteration: Alteration = meant(world, &words)?;
    let altered = Demanded { state: alteration.of(&demanded.state), ..demanded };
    repeat(world, &altered, None, &format!("with a requestState that is {alteration}")).await
}

#[when(regex = r"^the call is repeated (by another user|with other arguments)$")]
async fn taken_elsewhere(world: &mut World, words: String) -> StepResult {
    let demanded = world.evidence()?;
    let elsewhere: Elsewhere = meant(world, &words)?;
    repeat(world, &demanded, Some(elsewhere), &format!("with a requestState {elsewhere}")).await
}

async fn repeat(world: &mut World, demanded: &Demanded, elsewhere: Option<Elsewhere>, words: &str) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let Some(mut tool) = server.bench().capabilities.request_state.clone() else {
        return Err(world.fail(STIMULUS, "the Given should have stopped this"));
    };
    if elsewhere == Some(Elsewhere::OtherArguments) && !change_an_argument(&mut tool) {
        return Err(world.stop("a call with other arguments", "the tool was named without a text argument"));
    }
    let user = if elsewhere == Some(Elsewhere::OtherUser) { OTHER_USER } else { VALID };
    let user = credential(world, server, user).await?;
    world.stimulate();
    let again = demand(&tool, Some((&demanded.state, &demanded.demand)));
    let exchange = server.send_as(&again, words, Some(&user), &[]).await;
    world.answer(exchange);
    Ok(())
}

#[when(regex = r"^another user sends (tasks/\w+) for that task$")]
async fn others_task(world: &mut World, words: String) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let TaskOf(id) = world.evidence()?;
    let method = meant(world, &words)?;
    let other = credential(world, server, OTHER_USER).await?;
    world.stimulate();
    // In a session of their own: in the other's, the session would be refused and not the task.
    let session = match server.revision().is_stateless() {
        true => None,
        false => server.open_session_as(&other).await.1,
    };
    let about = about_task(method, &id);
    let exchange = server.send_in(session.as_deref(), &about, "about a user's task", Some(&other), &[]).await;
    world.answer(exchange);
    world.leave(AskedAboutTask(method));
    Ok(())
}

fn whoami(world: &mut World, server: &ServerStage) -> Result<ToolCall, Stopped> {
    let capabilities = &server.bench().capabilities;
    let tool = capabilities.of(Capability::Identity, capabilities.whoami.as_ref()).cloned();
    tool.map_err(|missing| world.do_without(STIMULUS, &missing))
}

#[when("both users call it in turn on one connection")]
async fn in_turn(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let tool = Operation::ToolsCall(whoami(world, server)?);
    let (user, other) = (credential(world, server, VALID).await?, credential(world, server, OTHER_USER).await?);
    let sessions = match server.revision().is_stateless() {
        true => [None, None],
        false => [server.open_session_as(&user).await.1, server.open_session_as(&other).await.1],
    };
    world.stimulate();
    let (user, other) = ((&user, sessions[0].as_deref()), (&other, sessions[1].as_deref()));
    let turns: [(&Credential, Option<&str>); 6] = [user, other, user, user, other, other];
    let answers = server.send_in_turn(&tool, Circumstance::InTurn, &turns).await;
    for exchange in answers.map_err(|reason| world.fail(STIMULUS, reason))? {
        world.answer(exchange);
    }
    Ok(())
}

#[when(
    regex = r"^a user calls it with another user's values in (the arguments|_meta|clientInfo|header fields|cookies)$"
)]
async fn supplied(world: &mut World, words: String) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let place = meant(world, &words)?;
    let mut tool = whoami(world, server)?;
    let user = credential(world, server, VALID).await?;
    let known: Identities = world.evidence()?;
    let values = differences(&told(&known.user).unwrap_or_default(), &told(&known.other).unwrap_or_default());
    let Some((_, first)) = values.first() else {
        return Err(world.stop(STIMULUS, "the answers for two users differ in no text"));
    };
    let object = || Value::Object(values.iter().map(|(name, text)| (name.clone(), text.clone().into())).collect());
    let mut meta = json!({});
    let mut headers = Vec::new();
    match place {
        Place::Arguments => {
            tool.arguments.extend(values.iter().map(|(name, text)| (name.clone(), text.clone().into())));
        }
        Place::Meta => meta = object(),
        Place::HeaderFields => headers = claims_in_headers(first),
        Place::Cookies => headers = cookies(&values),
        Place::ClientInfo => {
            let mut info = object();
            (info["name"], info["version"]) = (first.clone().into(), "1".into());
            meta = json!({ "io.modelcontextprotocol/clientInfo": info });
        }
    }
    let params = json!({ "name": tool.name, "arguments": tool.arguments, "_meta": meta });
    let call = Operation::Call(Call { words: format!("tools/call {}", tool.name), method: "tools/call", params });
    world.stimulate();
    let exchange = server.send_as(&call, Circumstance::OthersValues(place), Some(&user), &headers).await;
    world.answer(exchange);
    Ok(())
}
