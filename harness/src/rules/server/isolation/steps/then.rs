//! What must have come of it.

use crate::findings::{Finding, Verdict, answer};
use crate::mcp::session_id;
use crate::protocol::reply;
use crate::rules::server::isolation::evidence::{AskedAboutTask, ChosenId, Handles, OwnerAfterwards, Streams, TaskOf};
use crate::rules::server::isolation::identifier;
use crate::rules::server::isolation::judge::{self, Refusal, is_carried_out};
use crate::wire::Exchange;
use crate::world::{StepResult, World, server};
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
    let finding = answer::accepted(&exchange);
    let stage = world.stage()?;
    let expected = "a session that its own user can go on in";
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let turned_away = |one: &Exchange| one.response().is_some_and(|response| !is_carried_out(&one.request, response));
    let refused = world.answers.iter().all(turned_away);
    // Another token of the same user has the same end: one cause, and not that of this rule.
    if finding.verdict == Verdict::Violated && refused && server.binds_sessions_to_tokens().await {
        let reason = "a session that is good for one token only ends with any other, which RS-ISO-17 judges";
        return Err(world.pass_by(expected, reason));
    }
    world.findings.push(finding);
    Ok(())
}

#[then("no answer is the first user's")]
async fn not_the_first_users(world: &mut World) -> StepResult {
    let known = world.evidence()?;
    world.judge(|exchange| judge::is_not_the_first_users(exchange, &known))
}

#[then("no message of the first user's comes")]
async fn nothing_of_the_first_users(world: &mut World) -> StepResult {
    let Streams { first, second, .. } = world.evidence()?;
    world.judge(|exchange| judge::answers_none_of(exchange, &[&first, &second]))
}

#[then("no message of the second stream comes")]
async fn nothing_of_the_second_stream(world: &mut World) -> StepResult {
    let Streams { second, .. } = world.evidence()?;
    world.judge(|exchange| judge::answers_none_of(exchange, &[&second]))
}

#[then("the session serves its user")]
async fn serves_its_user(world: &mut World) -> StepResult {
    world.judge(judge::serves_its_user)
}

#[then("the server does not adopt the id")]
async fn does_not_adopt(world: &mut World) -> StepResult {
    let ChosenId(id) = world.evidence()?;
    let chosen = id.to_str().unwrap_or_default().to_owned();
    world.judge(|exchange| judge::does_not_adopt(exchange, &chosen))
}

#[then("the token is not ignored")]
async fn not_ignored(world: &mut World) -> StepResult {
    world.judge(judge::nothing_gets_through)
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
