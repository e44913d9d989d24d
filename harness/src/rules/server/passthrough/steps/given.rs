//! What the rules about other parties' tokens stand on.

use crate::declared::Capability;
use crate::world::{StepResult, World, server};
use cucumber::given;

#[given("a tool that calls an upstream API")]
async fn upstream(world: &mut World) -> StepResult {
    let expected = "a tool that calls an upstream API which the harness plays";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let capabilities = &server.bench().capabilities;
    let told = capabilities.of(Capability::Upstream, capabilities.upstream.as_ref()).map(|_| ());
    told.map_err(|missing| world.do_without(expected, &missing))
}

#[given("a tool that elicits something")]
async fn elicits(world: &mut World) -> StepResult {
    let expected = "a tool that elicits something from the user";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let capabilities = &server.bench().capabilities;
    let told = capabilities.of(Capability::Elicitation, capabilities.elicitation.as_ref()).map(|_| ());
    told.map_err(|missing| world.do_without(expected, &missing))
}
