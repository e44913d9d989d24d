//! Looking for an authorization server at the host of an MCP server, and what must hold of one that is there.

use super::server_proxy_given::through;
use super::server_proxy_when::member;
use crate::bench::{Facility, Proxy};
use crate::judge::Finding;
use crate::judge::own_authority::{self, Found};
use crate::user_agent::UserAgent;
use crate::world::{StepResult, World, server};
use cucumber::{then, when};

const STIMULUS: &str = "requests to the host of the server";

#[when("a client looks for an authorization server at the host")]
async fn looks(world: &mut World) -> StepResult {
    look(world, false).await
}

/// Logs in the one way that can be told: by the consent page of a proxy, whose third party approves.
#[when("a user logs in at the server's own authorization endpoint, and the client refreshes its token")]
async fn logs_in(world: &mut World) -> StepResult {
    look(world, false).await?;
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let means = &server.bench().means;
    if !Found(&world.answers).exists() || means.of(Facility::ConsentProxy, means.consent_proxy.as_ref()).is_err() {
        return Ok(());
    }
    let looked = world.answers.clone();
    let tokens = through(world, async |proxy: &mut Proxy<'_>| {
        let (client, mut agent) = (proxy.register().await?, UserAgent::default());
        let walk = proxy.whole(&mut agent, &client, "a client").await?;
        let issued = proxy.redeem(&client, &walk).await;
        let token = member(issued.response(), "refresh_token");
        let refreshed = match token {
            Some(token) => Some(proxy.refresh(&client, &token).await),
            None => None,
        };
        Ok(std::iter::once(issued).chain(refreshed).collect())
    })
    .await?;
    (world.answers, world.controls) = (looked, tokens);
    Ok(())
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
    if let [issued, rest @ ..] = world.controls.as_slice() {
        let found = own_authority::tokens_are_limited(issued, rest.first());
        world.findings.push(found);
        return Ok(());
    }
    let missing = "the way through the server's own login pages is not told, so no token of its own can be had";
    judge(world, |found| found.needs_a_login(missing))
}
