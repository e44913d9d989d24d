//! What an outsider asks for, and what must hold of refusals and of the challenges in them.

use super::evidence::ToOutsider;
use super::judge;
use super::purpose::ByOutsider;
use crate::bench::{rewrite, set_mirror};
use crate::findings::Finding;
use crate::mcp::{Operation, ToolCall};
use crate::protocol::reply;
use crate::rules::server::common::given::marker;
use crate::rules::server::common::when::answer_unless_public;
use crate::wire::Exchange;
use crate::world::{StepResult, World, server};
use cucumber::{then, when};
use serde_json::json;

#[when("an outsider asks for a tool, for one that does not exist, for an unknown method, and with broken arguments")]
async fn asks_for_what_there_is(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop("a request to the server", reason))?;
    if server.bench().lists_for_everybody() {
        return Err(world.pass_by("tools that are not shown to everybody", "everybody can list the tools"));
    }
    let tool = Operation::ToolsCall(server.bench().tool.clone());
    let invented = ToolCall { name: format!("no_such_tool_{}", marker()), arguments: serde_json::Map::new() };
    let existing = server.labelled(ByOutsider::ExistingTool, &tool, None).await;
    let missing = server.labelled(ByOutsider::MissingTool, &Operation::ToolsCall(invented), None).await;
    let mut unknown = server.labelled(ByOutsider::UnknownMethod, &Operation::ToolsList, None).await;
    rewrite(&mut unknown, |message| message["method"] = json!("no/such/method"));
    set_mirror(&mut unknown, "mcp-method", "no/such/method");
    let mut broken = server.labelled(ByOutsider::BrokenArguments, &tool, None).await;
    rewrite(&mut broken, |message| message["params"]["arguments"] = json!("not an object"));
    let mut answers = Vec::new();
    for request in [existing, missing, unknown, broken] {
        let exchange = server.deliver(request, &server.bench().sender).await;
        answers.push(world.note(exchange));
    }
    world.leave(ToOutsider(answers));
    Ok(())
}

#[when("a client sends an operation without a token to the endpoint as it was named")]
async fn as_named(world: &mut World) -> StepResult {
    const STIMULUS: &str = "an endpoint that redirects";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let operation = server.guarded();
    world.stimulate();
    match server.send_as_named(&operation).await {
        Some(exchange) => answer_unless_public(world, server, &operation, exchange),
        None => Err(world.pass_by(STIMULUS, "the endpoint redirects to no other place")),
    }
}

#[then("every refusal looks the same")]
async fn alike(world: &mut World) -> StepResult {
    let ToOutsider(answers) = world.evidence()?;
    world.findings.push(judge::refusals_are_alike(&answers));
    Ok(())
}

/// Judges the challenge of a 401; of any other answer this says nothing, because other requirements do.
pub(crate) fn judge_challenge(world: &mut World, judge: impl Fn(&Exchange) -> Finding) -> StepResult {
    world.judge(|exchange| match exchange.response() {
        Some(response) if response.status != 401 => {
            let seen = format!("{}: {}", exchange.request.label(), reply::shown(response));
            Finding::inconclusive("a 401 whose challenge can be looked at", seen, vec![exchange.number])
        }
        _ => judge(exchange),
    })
}

#[then("the answer carries a challenge")]
async fn challenged(world: &mut World) -> StepResult {
    judge_challenge(world, judge::is_present)
}

#[then("the challenge uses Bearer with at least one parameter")]
async fn bearer(world: &mut World) -> StepResult {
    judge_challenge(world, judge::is_bearer_with_parameter)
}

#[then("the challenge is well-formed")]
async fn well_formed(world: &mut World) -> StepResult {
    world.judge(judge::is_well_formed)
}

#[then(expr = "the challenge has {word}")]
async fn has(world: &mut World, name: String) -> StepResult {
    judge_challenge(world, |exchange| judge::has(exchange, &name, None))
}

#[then(expr = "the challenge has {word} {string}")]
async fn has_value(world: &mut World, name: String, value: String) -> StepResult {
    judge_challenge(world, |exchange| judge::has(exchange, &name, Some(&value)))
}

#[then("the challenge carries no error")]
async fn no_error(world: &mut World) -> StepResult {
    judge_challenge(world, |exchange| judge::has_none_of(exchange, &["error", "error_description", "error_uri"]))
}
