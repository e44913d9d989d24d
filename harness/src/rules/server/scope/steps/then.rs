//! What must hold of challenges and lists where scopes matter.

use crate::findings::Finding;
use crate::protocol::reply;
use crate::rules::server::challenge::judge as challenge;
use crate::rules::server::challenge::steps::judge_challenge;
use crate::rules::server::http::judge as http;
use crate::rules::server::scope::judge as scope;
use crate::wire::Exchange;
use crate::world::{StepResult, World, server};
use cucumber::then;

/// Judges the challenge of a 403; that the answer is one, another requirement says.
fn judge_insufficient(world: &mut World, judge: impl Fn(&Exchange) -> Finding) -> StepResult {
    world.judge(|exchange| match exchange.response() {
        Some(response) if response.status != 403 => {
            let seen = format!("{}: {}", exchange.request.label(), reply::shown(response));
            Finding::inconclusive("a 403 whose challenge can be looked at", seen, vec![exchange.number])
        }
        _ => judge(exchange),
    })
}

#[then("the challenge names a scope")]
async fn some_scope(world: &mut World) -> StepResult {
    judge_challenge(world, scope::names_some)
}

#[then(expr = "the challenge does not name {word}")]
async fn not_scope(world: &mut World, name: String) -> StepResult {
    judge_challenge(world, |exchange| scope::does_not_name(exchange, &name))
}

#[then("every challenge names the same scopes")]
async fn same_scopes(world: &mut World) -> StepResult {
    world.findings.push(scope::always_the_same(&world.answers));
    Ok(())
}

#[then(expr = "the 403 says {word}")]
async fn says(world: &mut World, error: String) -> StepResult {
    judge_insufficient(world, |exchange| challenge::has(exchange, "error", Some(&error)))
}

#[then("the 403 names the scopes that were lacking")]
async fn names_lacking(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let scoped = server(&stage).ok().and_then(|server| server.scoped());
    let Some(scoped) = scoped else {
        return Err(world.fail("a scoped operation", "the When should have stopped this"));
    };
    judge_insufficient(world, |exchange| scope::names_all(exchange, &scoped.further))
}

#[then("the 403 names all scopes of the operation")]
async fn names_all(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let scoped = server(&stage).ok().and_then(|server| server.scoped());
    let Some(scoped) = scoped else {
        return Err(world.fail("a scoped operation", "the When should have stopped this"));
    };
    judge_insufficient(world, |exchange| scope::names_all(exchange, &scoped.operation.scopes))
}

#[then("the challenges of the 401 and the 403 name the same metadata")]
async fn same_metadata(world: &mut World) -> StepResult {
    let expected = "a 401 and a 403 to compare";
    let statuses: Vec<_> = world.answers.iter().filter_map(|one| one.response()).map(|one| one.status).collect();
    let found = match statuses.as_slice() {
        [401, 403] => scope::same_metadata(&world.answers),
        other => {
            let evidence = world.answers.iter().map(|exchange| exchange.number).collect();
            Finding::inconclusive(expected, format!("the answers are {other:?}"), evidence)
        }
    };
    world.findings.push(found);
    Ok(())
}

#[then("each token is shown the same list every time")]
async fn same_lists(world: &mut World) -> StepResult {
    world.findings.push(scope::lists_depend_on_the_token_alone(&world.answers));
    Ok(())
}

#[then("cacheScope fits what the lists depend on")]
async fn cache_scope(world: &mut World) -> StepResult {
    world.findings.push(scope::cache_scope_fits(&world.answers));
    Ok(())
}

#[then("the operation is not carried out")]
async fn not_carried_out(world: &mut World) -> StepResult {
    world.judge(http::was_not_carried_out)
}
