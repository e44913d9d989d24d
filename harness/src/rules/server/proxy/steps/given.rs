//! What the rules about proxies stand on: that there is one, and a way through it.

use crate::bench::{ConsentProxyClient, ServerStage};
use crate::catalogue::Revision;
use crate::declared::{Capability, Missing};
use crate::protocol::metadata::{Attempt, issuers};
use crate::world::{StepResult, Stopped, World, server};
use cucumber::given;

const WAY: &str = "a way through the proxy, to the third party and back";

#[given("a server that is a proxy before a third-party authorization server")]
async fn is_a_proxy(world: &mut World) -> StepResult {
    let expected = "a server that is a proxy before a third-party authorization server";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let capabilities = &server.bench().capabilities;
    let told = capabilities.of(Capability::ConsentProxy, capabilities.consent_proxy.as_ref()).map(|_| ());
    if let Err(Missing::Undeclared(_)) = told
        && names_others_only(server).await
    {
        let reason = "the metadata of the server names authorization servers, and none of its own origin";
        return Err(world.pass_by(expected, reason));
    }
    told.map_err(|missing| world.do_without(expected, &missing))
}

/// Whether the server says where users log in, and not at its own host. A proxy names itself; before 2025-06-18 a server
/// had no way to name another one.
async fn names_others_only(server: &ServerStage) -> bool {
    let documents: Vec<_> = server.discovery().await.attempts.iter().filter_map(Attempt::document).collect();
    let named: Vec<_> = documents.iter().flat_map(issuers).collect();
    let knows_metadata = server.revision() >= Revision::V2025_06_18;
    knows_metadata && !named.is_empty() && !named.iter().any(|issuer| server.belongs(issuer))
}

/// Takes `ways` through the proxy and keeps what they took; where one ends too early, the scenario stops.
pub(crate) async fn through<T>(
    world: &mut World,
    ways: impl AsyncFnOnce(&mut ConsentProxyClient<'_>) -> Result<T, String>,
) -> Result<T, Stopped> {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(WAY, reason))?;
    let capabilities = &server.bench().capabilities;
    let capabilities = capabilities.of(Capability::ConsentProxy, capabilities.consent_proxy.as_ref());
    let capabilities = capabilities.map_err(|missing| world.do_without(WAY, &missing))?;
    let found = ConsentProxyClient::find(server, capabilities, world.trace.len()).await;
    let mut proxy = found.map_err(|reason| world.stop(WAY, reason))?;
    world.stimulate();
    let outcome = ways(&mut proxy).await;
    world.trace.keep_aside(proxy.browser.take_aside());
    for exchange in proxy.browser.take_seen() {
        world.answer(exchange);
    }
    outcome.map_err(|reason| world.stop(WAY, reason))
}
