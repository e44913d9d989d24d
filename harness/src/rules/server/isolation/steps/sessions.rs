//! What becomes of sessions: who acts in them, which tokens they are good for, who names them, and what is replayed of
//! their streams.

use super::given::credential;
use crate::declared::Capability;
use crate::mcp::Operation;
use crate::rules::server::isolation::calls::{demand, list_of_tasks};
use crate::rules::server::isolation::evidence::{ChosenId, Demanded, SessionOf, Streams};
use crate::rules::server::isolation::purpose::Circumstance;
use crate::token_name::{OTHER_USER, TokenName, VALID};
use crate::tokens::token;
use crate::world::{StepResult, World, server};
use cucumber::when;
use http::HeaderValue;

const STIMULUS: &str = "a request to the server";

#[when("the other user asks in the first session who calls")]
async fn who_calls(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let SessionOf(session) = world.evidence()?;
    let capabilities = &server.bench().capabilities;
    let tool = capabilities.of(Capability::Identity, capabilities.whoami.as_ref()).cloned();
    let tool = Operation::ToolsCall(tool.map_err(|missing| world.do_without(STIMULUS, &missing))?);
    let other = credential(world, server, OTHER_USER).await?;
    world.stimulate();
    let exchange = server.send_in(Some(&session), &tool, Circumstance::ActingInOthersSession, Some(&other), &[]).await;
    world.answer(exchange);
    Ok(())
}

#[when("the user goes on in the session with a second token")]
async fn second_token(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let SessionOf(session) = world.evidence()?;
    let second = credential(world, server, token!("a token that the same user got later").clone()).await?;
    let list = server.guarded();
    world.stimulate();
    let exchange = server.send_in(Some(&session), &list, Circumstance::WithSecondToken, Some(&second), &[]).await;
    world.answer(exchange);
    Ok(())
}

#[when("a client opens a session under an id of its own choosing")]
async fn chosen_id(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let user = credential(world, server, VALID).await?;
    let id = HeaderValue::from_str(&uuid::Uuid::new_v4().to_string()).map_err(|error| world.fail(STIMULUS, error))?;
    world.stimulate();
    let exchange = server.open_session_under(&id, Circumstance::UnderChosenId, &user).await;
    world.answer(exchange);
    world.leave(ChosenId(id));
    Ok(())
}

async fn resumes(world: &mut World, name: TokenName, circumstance: Circumstance) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let Streams { session, event, .. } = world.evidence()?;
    let credential = credential(world, server, name).await?;
    world.stimulate();
    let exchange = server.resume(&session, &event, circumstance, &credential).await;
    world.answer(exchange);
    Ok(())
}

#[when("the user resumes the first stream")]
async fn user_resumes(world: &mut World) -> StepResult {
    resumes(world, VALID, Circumstance::ResumingOwn).await
}

#[when("the other user resumes the first stream in the first session")]
async fn other_resumes(world: &mut World) -> StepResult {
    resumes(world, OTHER_USER, Circumstance::ResumingOthers).await
}

#[when("a client without a token lists the tasks")]
async fn lists_tasks(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    world.stimulate();
    let exchange = server.send_as(&list_of_tasks(), Circumstance::TasksOfOutsider, None, &[]).await;
    world.answer(exchange);
    Ok(())
}

#[when("the call is repeated with the requestState that was used")]
async fn used_again(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let Some(tool) = server.bench().capabilities.single_use_state.clone() else {
        return Err(world.fail(STIMULUS, "the Given should have stopped this"));
    };
    let Demanded { state, demand: demanded } = world.evidence()?;
    let user = credential(world, server, VALID).await?;
    world.stimulate();
    let again = demand(&tool, Some((&state, &demanded)));
    let exchange = server.send_as(&again, Circumstance::StateAgain, Some(&user), &[]).await;
    world.answer(exchange);
    Ok(())
}
