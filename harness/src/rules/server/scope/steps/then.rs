//! What must hold of challenges and lists where scopes matter.

use crate::bench::{Scoped, ServerStage};
use crate::findings::Finding;
use crate::protocol::metadata::own_documents;
use crate::rules::server::challenge::steps::judge_challenge;
use crate::rules::server::http::judge as http;
use crate::rules::server::scope::judge;
use crate::wire::Exchange;
use crate::world::{StepResult, Stopped, World, server};
use cucumber::then;
use std::collections::BTreeSet;

fn judge_insufficient(world: &mut World, assertion: impl Fn(&Exchange) -> Finding) -> StepResult {
    world.judge(|exchange| judge::of_challenge_of_insufficient(exchange, &assertion))
}

/// The scoped operation, which the When has found.
fn scoped(world: &mut World) -> Result<Scoped, Stopped> {
    let stage = world.stage()?;
    let scoped = server(&stage).ok().and_then(ServerStage::scoped);
    scoped.ok_or_else(|| world.fail("a scoped operation", "the When should have stopped this"))
}

#[then("the challenge names a scope")]
async fn some_scope(world: &mut World) -> StepResult {
    judge_challenge(world, judge::names_some)
}

#[then(expr = "the challenge does not name {word}")]
async fn not_scope(world: &mut World, name: String) -> StepResult {
    judge_challenge(world, |exchange| judge::does_not_name(exchange, &name))
}

#[then("the challenge does not ask for all that the metadata lists")]
async fn not_all(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop("a challenge", reason))?;
    let base = server.bench().subject.base_scopes.clone();
    if base.is_empty() {
        return Err(world.pass_by("a request whose scopes are known", "base_scopes is not declared"));
    }
    let discovery = server.discovery().await;
    let documents = own_documents(&discovery.attempts, &server.bench().endpoint);
    let listed = documents.iter().filter_map(|(_, document)| document.get("scopes_supported")?.as_array());
    let supported: Vec<_> = listed
        .flatten()
        .filter_map(|scope| scope.as_str().map(str::to_owned))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    judge_challenge(world, |exchange| judge::asks_for_less_than_all(exchange, &supported, &base))
}

#[then("every challenge names the same scopes")]
async fn same_scopes(world: &mut World) -> StepResult {
    world.judge_together(judge::always_the_same)
}

#[then(expr = "the 403 says {word}")]
async fn says(world: &mut World, error: String) -> StepResult {
    world.judge(|exchange| judge::says_error(exchange, &error))
}

#[then("the 403 names the scopes that were lacking")]
async fn names_lacking(world: &mut World) -> StepResult {
    let scoped = scoped(world)?;
    judge_insufficient(world, |exchange| judge::names_all(exchange, &scoped.further))
}

#[then("the 403 names all scopes of the operation")]
async fn names_all(world: &mut World) -> StepResult {
    let scoped = scoped(world)?;
    judge_insufficient(world, |exchange| judge::names_all(exchange, &scoped.operation.scopes))
}

#[then("the challenges of the 401 and the 403 name the same metadata")]
async fn same_metadata(world: &mut World) -> StepResult {
    world.judge_together(judge::same_metadata)
}

#[then("each token is shown the same list every time")]
async fn same_lists(world: &mut World) -> StepResult {
    world.judge_together(judge::lists_depend_on_the_token_alone)
}

#[then("all pages of a list have the same cacheScope")]
async fn pages_alike(world: &mut World) -> StepResult {
    world.judge_together(judge::pages_are_marked_alike)
}

#[then("no list that varies is marked public")]
async fn not_public(world: &mut World) -> StepResult {
    world.judge_together(judge::what_varies_is_not_public)
}

#[then("the operation is not carried out")]
async fn not_carried_out(world: &mut World) -> StepResult {
    world.judge(http::was_not_carried_out)
}
