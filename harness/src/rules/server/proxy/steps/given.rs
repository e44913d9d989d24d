//! What the rules about proxies stand on: that there is one, and a way through it.

use crate::bench::ConsentProxyClient;
use crate::declared::Capability;
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
    told.map_err(|missing| world.do_without(expected, &missing))
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
