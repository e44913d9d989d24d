//! What the rules about isolation stand on: sessions, handles, demands for input, tasks, and two users.

use crate::bench::{Credential, ServerStage};
use crate::declared::Facility;
use crate::mcp::Operation;
use crate::protocol::jsonrpc;
use crate::protocol::reply;
use crate::rules::server::isolation::judge as isolation;
use crate::rules::server::isolation::steps::when::{demand, task};
use crate::token_name::{OTHER_USER, TokenName, VALID};
use crate::wire::Exchange;
use crate::world::{StepResult, Stopped, World, server};
use cucumber::given;
use serde_json::Value;

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
        Some(response) if reply::is_accepted(response) && !isolation::says_no(response) => Ok(exchange),
        Some(response) => Err(world.stop(expected, format!("the positive control failed: {}", reply::shown(response)))),
        None => Err(world.stop(expected, "the positive control failed: no answer")),
    }
}

#[given("a session of a user")]
async fn session(world: &mut World) -> StepResult {
    let expected = "a session that serves the user who opened it";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let user = credential(world, server, VALID).await?;
    let (opened, session) = server.open_session_as(&user).await;
    control(world, expected, opened)?;
    let Some(session) = session else { return Err(world.pass_by(expected, "the server opens no sessions")) };
    let listed = server.send_in(Some(&session), &Operation::ToolsList, "in a session", Some(&user), &[]).await;
    control(world, expected, listed)?;
    world.thing = Some(session);
    Ok(())
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
    let expected = "a tool whose answers differ between two users and not between two calls";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let means = &server.bench().means;
    let tool = means.of(Facility::Identity, means.whoami.as_ref());
    let tool = Operation::ToolsCall(tool.map_err(|missing| world.do_without(expected, &missing))?.clone());
    let mut told = Vec::new();
    for name in [VALID, OTHER_USER, VALID] {
        let user = credential(world, server, name).await?;
        let (_, session) = match server.revision().is_stateless() {
            true => (None, None),
            false => Some(server.open_session_as(&user).await).map(|(e, s)| (Some(e), s)).unwrap_or_default(),
        };
        let exchange = server.send_in(session.as_deref(), &tool, "to tell who calls", Some(&user), &[]).await;
        let exchange = control(world, expected, exchange)?;
        told.push(isolation::told(&exchange));
        world.controls.push(exchange);
    }
    world.controls.truncate(2);
    match told.as_slice() {
        [Some(first), Some(second), Some(again)] if first != second && first == again => Ok(()),
        _ => Err(world.stop(expected, "the answers do not tell the users apart")),
    }
}

#[given("a state handle of a user")]
async fn handle(world: &mut World) -> StepResult {
    let expected = "a state handle that serves the user who got it";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let means = &server.bench().means;
    let tool = means.of(Facility::StateHandles, means.handle.as_ref());
    let tool = tool.map_err(|missing| world.do_without(expected, &missing))?.clone();
    let user = credential(world, server, VALID).await?;
    let made = server.send_as(&Operation::ToolsCall(tool.make), "to get a handle", Some(&user), &[]).await;
    let made = control(world, expected, made)?;
    let result = made.response().and_then(jsonrpc::result);
    let handle = result.as_ref().and_then(|result| result.pointer(&tool.pointer)).and_then(Value::as_str);
    let Some(handle) = handle else {
        return Err(world.stop(expected, format!("there is no text at {} in the result", tool.pointer)));
    };
    let taken = crate::rules::server::isolation::steps::when::with_handle(&tool.take, handle);
    let taken = server.send_as(&taken, "with a handle of one's own", Some(&user), &[]).await;
    control(world, expected, taken)?;
    world.thing = Some(handle.to_owned());
    Ok(())
}

#[given("a demand for input with a requestState")]
async fn demanded(world: &mut World) -> StepResult {
    let expected = "a demand for input with a requestState, that is good when it comes back as it was";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let means = &server.bench().means;
    let tool = means.of(Facility::RequestState, means.request_state.as_ref());
    let tool = tool.map_err(|missing| world.do_without(expected, &missing))?.clone();
    let user = credential(world, server, VALID).await?;
    let first = server.send_as(&demand(&tool, None), "to be asked for input", Some(&user), &[]).await;
    let first = control(world, expected, first)?;
    let result = first.response().and_then(jsonrpc::result).unwrap_or_default();
    let Some(state) = result.get("requestState").and_then(Value::as_str) else {
        return Err(world.stop(expected, "the tool sends no requestState"));
    };
    let again = demand(&tool, Some((state, &result)));
    let again = server.send_as(&again, "with a requestState of one's own", Some(&user), &[]).await;
    control(world, expected, again)?;
    world.controls.push(first);
    world.thing = Some(state.to_owned());
    Ok(())
}

#[given("a task of a user")]
async fn task_of_a_user(world: &mut World) -> StepResult {
    let expected = "a task that serves the user who created it";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let means = &server.bench().means;
    let tool = means.of(Facility::Tasks, means.task.as_ref());
    let tool = tool.map_err(|missing| world.do_without(expected, &missing))?.clone();
    let user = credential(world, server, VALID).await?;
    let created = server.send_as(&task(&tool), "to create a task", Some(&user), &[]).await;
    let created = control(world, expected, created)?;
    let result = created.response().and_then(jsonrpc::result).unwrap_or_default();
    let id = result.get("taskId").or_else(|| result.pointer("/task/taskId")).and_then(Value::as_str);
    let Some(id) = id else { return Err(world.stop(expected, "the call created no task")) };
    let polled = crate::rules::server::isolation::steps::when::about_task("tasks/get", id);
    let polled = server.send_as(&polled, "about a task of one's own", Some(&user), &[]).await;
    control(world, expected, polled)?;
    world.thing = Some(id.to_owned());
    Ok(())
}
