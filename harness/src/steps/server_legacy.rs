//! Looking for an authorization server at the host of an MCP server, and what must hold of one that is there.

use crate::judge::Finding;
use crate::judge::own_authority::Found;
use crate::world::{StepResult, World, server};
use cucumber::{then, when};

const STIMULUS: &str = "requests to the host of the server";

#[when(
    regex = r"^a client looks for an authorization server at the host$|^a user logs in at the server's own authorization endpoint$"
)]
async fn looks(world: &mut World) -> StepResult {
    look(world, false).await
}

#[when("a client registers with a redirect URI that is neither https nor localhost")]
async fn registers(world: &mut World) -> StepResult {
    look(world, true).await
}

async fn look(world: &mut World, registering: bool) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    world.stimulate();
    for exchange in server.look_for_own_authority(registering).await {
        world.answer(exchange);
    }
    Ok(())
}

fn judge(world: &mut World, judge: impl FnOnce(Found<'_>) -> Finding) -> StepResult {
    let found = judge(Found(&world.answers));
    world.findings.push(found);
    Ok(())
}

#[then("authorization metadata that is served is served at the root")]
async fn at_the_root(world: &mut World) -> StepResult {
    judge(world, |found| found.metadata_is_at_the_root())
}

#[then("the root has metadata with issuer, authorization_endpoint, token_endpoint and response_types_supported")]
async fn has_metadata(world: &mut World) -> StepResult {
    judge(world, |found| found.root_has_metadata())
}

#[then("the default authorization and token endpoints stand in for missing metadata")]
async fn stand_in(world: &mut World) -> StepResult {
    judge(world, |found| found.defaults_stand_in())
}

#[then("clients can register")]
async fn can_register(world: &mut World) -> StepResult {
    judge(world, |found| found.clients_can_register())
}

#[then("each authorization endpoint is https")]
async fn https(world: &mut World) -> StepResult {
    judge(world, |found| found.endpoints_are_https())
}

#[then("the registration is refused")]
async fn registration_refused(world: &mut World) -> StepResult {
    judge(world, |found| found.plain_redirects_are_refused())
}

#[then("the token response has a lifetime and the refresh token is replaced")]
async fn lifetime(world: &mut World) -> StepResult {
    judge(world, |found| found.needs_a_login())
}
