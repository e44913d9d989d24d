//! What an outsider asks for.

use crate::bench::{rewrite, set_mirror};
use crate::mcp::{Operation, ToolCall};
use crate::rules::server::challenge::evidence::ToOutsider;
use crate::rules::server::challenge::purpose::ByOutsider;
use crate::rules::server::common::given::marker;
use crate::rules::server::common::when::answer_unless_public;
use crate::world::{StepResult, World, server};
use cucumber::when;
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
