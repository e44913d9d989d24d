//! What must have come of it.

use crate::findings::{Finding, answer};
use crate::mcp::session_id;
use crate::protocol::reply;
use crate::rules::server::isolation::evidence::{AskedAboutTask, Handles, OwnerAfterwards, TaskOf};
use crate::rules::server::isolation::identifier;
use crate::rules::server::isolation::judge::{self, Refusal};
use crate::wire::Exchange;
use crate::world::{StepResult, World};
use cucumber::then;

#[then("nothing gets through")]
async fn nothing_gets_through(world: &mut World) -> StepResult {
    world.judge(judge::nothing_gets_through)
}

#[then("nothing is served")]
async fn nothing_is_served(world: &mut World) -> StepResult {
    world.judge(judge::nothing_is_served)
}

#[then("nothing of the task is served")]
async fn nothing_of_the_task(world: &mut World) -> StepResult {
    let (task, asked): (TaskOf, AskedAboutTask) = (world.evidence()?, world.evidence()?);
    world.judge(|exchange| judge::nothing_of_the_task(exchange, &task, asked))
}

#[then("the session still serves the user who opened it")]
async fn still_serves(world: &mut World) -> StepResult {
    let OwnerAfterwards(exchange) = world.evidence()?;
    world.findings.push(answer::accepted(&exchange));
    Ok(())
}

fn numbers(exchanges: &[Exchange]) -> Vec<usize> {
    exchanges.iter().map(|exchange| exchange.number).collect()
}

fn judge_sessions(world: &mut World, judge: impl FnOnce(&[String], Vec<usize>) -> Finding) -> StepResult {
    let opened = |exchange: &&Exchange| exchange.response().is_some_and(reply::is_accepted);
    let accepted: Vec<_> = world.answers.iter().filter(opened).collect();
    let ids: Vec<_> = accepted.iter().filter_map(|exchange| exchange.response().and_then(session_id)).collect();
    let evidence = numbers(&world.answers);
    let expected = "session ids to look at";
    world.findings.push(match (accepted.len(), ids.len()) {
        (0, _) => Finding::inconclusive(expected, "no session could be opened", evidence),
        (_, 0) => Finding::not_applicable(expected, "the server opens no sessions", evidence),
        _ => judge(&ids, evidence),
    });
    Ok(())
}

#[then("each session id consists of characters from 0x21 to 0x7E")]
async fn visible(world: &mut World) -> StepResult {
    judge_sessions(world, identifier::visible_ascii)
}

#[then("no session id can be guessed from the others")]
async fn unpredictable(world: &mut World) -> StepResult {
    judge_sessions(world, identifier::unpredictable)
}

#[then("no state handle can be guessed from the others")]
async fn unpredictable_handles(world: &mut World) -> StepResult {
    let Handles(handles) = world.evidence()?;
    world.findings.push(identifier::unpredictable(&handles, numbers(&world.answers)));
    Ok(())
}

#[then("each answer is that of the user whose token was presented")]
async fn own_answers(world: &mut World) -> StepResult {
    let known = world.evidence()?;
    world.judge(|exchange| judge::is_answer_to_its_user(exchange, &known, Refusal::Fails))
}

#[then("each answer is that of the user whose token was presented, or a refusal")]
async fn own_answer_or_refusal(world: &mut World) -> StepResult {
    let known = world.evidence()?;
    world.judge(|exchange| judge::is_answer_to_its_user(exchange, &known, Refusal::Passes))
}
