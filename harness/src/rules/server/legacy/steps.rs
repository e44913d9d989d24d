//! Looking for an authorization server at the host of an MCP server, and what must hold of one that is there.

use super::evidence::{Issued, OwnTokens, SeenAtHost};
use super::judge;
use crate::bench::ConsentProxyClient;
use crate::declared::Capability;
use crate::findings::Finding;
use crate::protocol::own_authority::Host;
use crate::protocol::token_response::refresh_token;
use crate::rules::server::proxy::steps::given::through;
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
    let SeenAtHost(seen) = world.evidence()?;
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let capabilities = &server.bench().capabilities;
    if !Host(&seen).exists() || capabilities.of(Capability::ConsentProxy, capabilities.consent_proxy.as_ref()).is_err()
    {
        world.leave(OwnTokens(None));
        return Ok(());
    }
    let issued = through(world, async |proxy: &mut ConsentProxyClient<'_>| {
        let (client, mut agent) = (proxy.register().await?, UserAgent::default());
        let walk = proxy.whole(&mut agent, &client, "a client").await?;
        let first = proxy.redeem(&client, &walk).await;
        let refreshed = match refresh_token(&first) {
            Some(token) => Some(proxy.refresh(&client, &token).await),
            None => None,
        };
        Ok(Issued { first, refreshed })
    })
    .await?;
    world.leave(OwnTokens(Some(issued)));
    Ok(())
}

#[when("a registered client asks for authorization in ways that must be refused")]
async fn asks_for_authorization(world: &mut World) -> StepResult {
    look(world, true).await
}

#[when("a client registers with a redirect URI that is neither https nor localhost")]
async fn registers(world: &mut World) -> StepResult {
    look(world, true).await
}

async fn look(world: &mut World, registering: bool) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    world.stimulate();
    let mut seen = server.look_for_own_authority(registering).await;
    for sighting in &mut seen {
        sighting.exchange = world.note(sighting.exchange.clone());
        world.answers.push(sighting.exchange.clone());
    }
    world.leave(SeenAtHost(seen));
    Ok(())
}

fn judge_host(world: &mut World, judge: fn(Host<'_>) -> Finding) -> StepResult {
    let SeenAtHost(seen) = world.evidence()?;
    world.findings.push(judge(Host(&seen)));
    Ok(())
}

#[then("authorization metadata that is served is served at the root")]
async fn at_the_root(world: &mut World) -> StepResult {
    judge_host(world, judge::metadata_is_at_the_root)
}

#[then("the root has metadata with issuer, authorization_endpoint, token_endpoint and response_types_supported")]
async fn has_metadata(world: &mut World) -> StepResult {
    judge_host(world, judge::root_has_metadata)
}

#[then("the default authorization and token endpoints stand in for missing metadata")]
async fn stand_in(world: &mut World) -> StepResult {
    judge_host(world, judge::defaults_stand_in)
}

#[then("clients can register")]
async fn can_register(world: &mut World) -> StepResult {
    judge_host(world, judge::clients_can_register)
}

#[then("each authorization endpoint is https")]
async fn https(world: &mut World) -> StepResult {
    judge_host(world, judge::endpoints_are_https)
}

#[then("the registration is refused")]
async fn registration_refused(world: &mut World) -> StepResult {
    judge_host(world, judge::plain_redirects_are_refused)
}

#[then("no browser is sent to a redirect URI that is not registered")]
async fn foreign_redirect(world: &mut World) -> StepResult {
    judge_host(world, judge::foreign_redirect_is_refused)
}

#[then("a request without a code challenge is refused")]
async fn no_challenge(world: &mut World) -> StepResult {
    judge_host(world, judge::missing_challenge_is_refused)
}

#[then("the token response has a lifetime and the refresh token is replaced")]
async fn lifetime(world: &mut World) -> StepResult {
    match world.evidence()? {
        OwnTokens(Some(issued)) => {
            world.findings.push(judge::tokens_are_limited(&issued));
            Ok(())
        }
        OwnTokens(None) => judge_host(world, judge::needs_a_login),
    }
}
