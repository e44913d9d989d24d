//! What the rules about isolation stand on: sessions, handles, demands for input, tasks, and two users.

use crate::bench::{Credential, ServerStage};
use crate::declared::{Capability, Missing};
use crate::mcp::{Operation, ToolCall};
use crate::protocol::{jsonrpc, reply};
use crate::rules::server::isolation::calls::{TaskMethod, about_task, demand, task, with_handle};
use crate::rules::server::isolation::evidence::{Demanded, Identities, SessionOf, StateHandle, Streams, TaskOf};
use crate::rules::server::isolation::judge::{says_no, told};
use crate::token_name::{OTHER_USER, TokenName, VALID};
use crate::wire::{Exchange, event_ids};
use crate::world::{StepResult, Stopped, World, server};
use cucumber::given;
use http::HeaderValue;
use serde_json::Value;

const IDENTITY: &str = "a tool whose answers differ between two users and not between two calls";

/// The token of a user, or the reason why it cannot be had.
pub(crate) async fn credential(
    world: &mut World,
    server: &ServerStage,
    name: TokenName,
) -> Result<Credential, Stopped> {
    let token = server.token(&name).await.map_err(|cannot| world.lack("the token of a user", &cannot))?;
    Ok(Credential::bearer(token))
}

/// Records a control; it stops the scenario unless it was accepted.
fn control(world: &mut World, expected: &str, exchange: Exchange) -> Result<Exchange, Stopped> {
    let exchange = world.note(exchange);
    match exchange.response() {
        Some(response) if reply::is_accepted(response) && !says_no(response) => Ok(exchange),
        Some(response) => Err(world.stop(expected, format!("the positive control failed: {}", reply::shown(response)))),
        None => Err(world.stop(expected, "the positive control failed: no answer")),
    }
}

/// A user's token, and a session that was opened with it.
async fn opened(world: &mut World, server: &ServerStage, expected: &str) -> Result<(Credential, String), Stopped> {
    let user = credential(world, server, VALID).await?;
    let (opened, session) = server.open_session_as(&user).await;
    control(world, expected, opened)?;
    match session {
        Some(session) => Ok((user, session)),
        None => Err(world.pass_by(expected, "the server opens no sessions")),
    }
}

#[given("a session of a user")]
async fn session(world: &mut World) -> StepResult {
    let expected = "a session that serves the user who opened it";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let (user, session) = opened(world, server, expected).await?;
    let listed = server.send_in(Some(&session), &Operation::ToolsList, "in a session", Some(&user), &[]).await;
    control(world, expected, listed)?;
    world.leave(SessionOf(session));
    Ok(())
}

#[given("a session of a user with streams that can be resumed")]
async fn streams(world: &mut World) -> StepResult {
    let expected = "two requests that are answered on a stream each, whose events have ids";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let (user, session) = opened(world, server, expected).await?;
    let operation = match server.bench().tool.is_unknown() {
        true => Operation::ToolsList,
        false => Operation::ToolsCall(server.bench().tool.clone()),
    };
    let mut answered = Vec::new();
    for words in ["on the first stream", "on the second stream"] {
        let exchange = server.send_in(Some(&session), &operation, words, Some(&user), &[]).await;
        let exchange = control(world, expected, exchange)?;
        let text = exchange.response().map(|response| String::from_utf8_lossy(&response.body).into_owned());
        let event = text.map(|text| event_ids(&text)).and_then(|ids| HeaderValue::from_str(ids.first()?).ok());
        let id = serde_json::from_slice(&exchange.request.body)
            .ok()
            .and_then(|mut sent: Value| Some(sent.get_mut("id")?.take()));
        answered.push((event, id));
    }
    match answered.as_slice() {
        [(Some(event), Some(first)), (Some(_), Some(second))] => {
            let (event, first, second) = (event.clone(), first.clone(), second.clone());
            world.leave(Streams { session: session.clone(), event, first, second });
            world.leave(SessionOf(session));
            Ok(())
        }
        _ => Err(world.pass_by(expected, "the server gives its events no ids, so that no stream can be resumed")),
    }
}

#[given("another user who can open a session")]
async fn other_session(world: &mut World) -> StepResult {
    let expected = "a session of another user";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let other = credential(world, server, OTHER_USER).await?;
    let (opened, _) = server.open_session_as(&other).await;
    control(world, expected, opened).map(|_| ())
}

#[given("a tool that tells two users apart")]
async fn identity(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(IDENTITY, reason))?;
    let capabilities = &server.bench().capabilities;
    let tool = capabilities.of(Capability::Identity, capabilities.whoami.as_ref());
    let tool = Operation::ToolsCall(tool.map_err(|missing| world.do_without(IDENTITY, &missing))?.clone());
    let user = tell_who_calls(world, server, &tool, VALID).await?;
    let other = tell_who_calls(world, server, &tool, OTHER_USER).await?;
    let again = tell_who_calls(world, server, &tool, VALID).await?;
    match (told(&user), told(&other), told(&again)) {
        (Some(first), Some(second), Some(third)) if first != second && first == third => {
            world.leave(Identities { user, other });
            Ok(())
        }
        _ => Err(world.stop(IDENTITY, "the answers do not tell the users apart")),
    }
}

/// Calls the tool with the token of this name, in a session of its own.
async fn tell_who_calls(
    world: &mut World,
    server: &ServerStage,
    tool: &Operation,
    name: TokenName,
) -> Result<Exchange, Stopped> {
    let user = credential(world, server, name).await?;
    let session = match server.revision().is_stateless() {
        true => None,
        false => server.open_session_as(&user).await.1,
    };
    let exchange = server.send_in(session.as_deref(), tool, "to tell who calls", Some(&user), &[]).await;
    control(world, IDENTITY, exchange)
}

#[given("a state handle of a user")]
async fn handle(world: &mut World) -> StepResult {
    let expected = "a state handle that serves the user who got it";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let capabilities = &server.bench().capabilities;
    let tool = capabilities.of(Capability::StateHandles, capabilities.handle.as_ref());
    let tool = tool.map_err(|missing| world.do_without(expected, &missing))?.clone();
    let user = credential(world, server, VALID).await?;
    let made = server.send_as(&Operation::ToolsCall(tool.make), "to get a handle", Some(&user), &[]).await;
    let made = control(world, expected, made)?;
    let result = made.response().and_then(jsonrpc::result);
    let handle = result.as_ref().and_then(|result| result.pointer(&tool.pointer)).and_then(Value::as_str);
    let Some(handle) = handle else {
        return Err(world.stop(expected, format!("there is no text at {} in the result", tool.pointer)));
    };
    let taken = server.send_as(&with_handle(&tool.take, handle), "with a handle of one's own", Some(&user), &[]).await;
    control(world, expected, taken)?;
    world.leave(StateHandle(handle.to_owned()));
    Ok(())
}

#[given("a demand for input with a requestState")]
async fn demanded(world: &mut World) -> StepResult {
    let expected = "a demand for input with a requestState, that is good when it comes back as it was";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let capabilities = &server.bench().capabilities;
    let tool = capabilities.of(Capability::RequestState, capabilities.request_state.as_ref());
    let tool = tool.map_err(|missing| world.do_without(expected, &missing))?.clone();
    demand_of(world, server, &tool, expected).await
}

/// Has the tool demand input, and gives it with the state as it was.
async fn demand_of(world: &mut World, server: &ServerStage, tool: &ToolCall, expected: &str) -> StepResult {
    let user = credential(world, server, VALID).await?;
    let first = server.send_as(&demand(tool, None), "to be asked for input", Some(&user), &[]).await;
    let first = control(world, expected, first)?;
    let result = first.response().and_then(jsonrpc::result).unwrap_or_default();
    let Some(state) = result.get("requestState").and_then(Value::as_str).map(str::to_owned) else {
        return Err(world.stop(expected, "the tool sends no requestState"));
    };
    let again = demand(tool, Some((&state, &result)));
    let again = server.send_as(&again, "with a requestState of one's own", Some(&user), &[]).await;
    control(world, expected, again)?;
    world.leave(Demanded { state, demand: result });
    Ok(())
}

#[given("a requestState that must be used once and was used")]
async fn used_once(world: &mut World) -> StepResult {
    let expected = "a demand for input with a requestState that is good once, and a call that has used it";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let Some(tool) = server.bench().capabilities.single_use_state.clone() else {
        return Err(world.pass_by(expected, "no tool is declared whose requestState must be used once"));
    };
    demand_of(world, server, &tool, expected).await
}

#[given("a task of a user")]
async fn task_of_a_user(world: &mut World) -> StepResult {
    let expected = "a task that serves the user who created it";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let capabilities = &server.bench().capabilities;
    let tool = capabilities.of(Capability::Tasks, capabilities.task.as_ref());
    let user = credential(world, server, VALID).await?;
    if let Err(Missing::Undeclared(_)) = tool {
        let declared = server.declared_capabilities(&user).await;
        let tasks = declared.get("tasks").or_else(|| declared.pointer("/extensions/io.modelcontextprotocol~1tasks"));
        if declared.is_object() && tasks.is_none() {
            return Err(world.pass_by(expected, "the server declares no tasks among its capabilities"));
        }
    }
    let tool = tool.map_err(|missing| world.do_without(expected, &missing))?.clone();
    let created = server.send_as(&task(&tool), "to create a task", Some(&user), &[]).await;
    let created = control(world, expected, created)?;
    let result = created.response().and_then(jsonrpc::result).unwrap_or_default();
    let id = result.get("taskId").or_else(|| result.pointer("/task/taskId")).and_then(Value::as_str);
    let Some(id) = id else { return Err(world.stop(expected, "the call created no task")) };
    let polled = server.send_as(&about_task(TaskMethod::Get, id), "about a task of one's own", Some(&user), &[]).await;
    control(world, expected, polled)?;
    world.leave(TaskOf(id.to_owned()));
    Ok(())
}
