//! What the rules about proxies stand on: that there is one, and a way through it.

use crate::bench::Proxy;
use crate::declared::Facility;
use crate::world::{StepResult, Stopped, World, server};
use cucumber::given;

const WAY: &str = "a way through the proxy, to the third party and back";

#[given("a server that is a proxy before a third-party authorization server")]
async fn is_a_proxy(world: &mut World) -> StepResult {
    let expected = "a server that is a proxy before a third-party authorization server";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let means = &server.bench().means;
    let told = means.of(Facility::ConsentProxy, means.consent_proxy.as_ref()).map(|_| ());
    told.map_err(|missing| world.do_without(expected, &missing))
}

/// Takes `ways` through the proxy and keeps what they took; where one ends too early, the scenario stops.
pub(crate) async fn through<T>(
    world: &mut World,
    ways: impl AsyncFnOnce(&mut Proxy<'_>) -> Result<T, String>,
) -> Result<T, Stopped> {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(WAY, reason))?;
    let means = &server.bench().means;
    let means = means.of(Facility::ConsentProxy, means.consent_proxy.as_ref());
    let means = means.map_err(|missing| world.do_without(WAY, &missing))?;
    let found = Proxy::find(server, means, world.trace.len()).await;
    let mut proxy = found.map_err(|reason| world.stop(WAY, reason))?;
    world.stimulate();
    let outcome = ways(&mut proxy).await;
    for exchange in proxy.browser.take_seen() {
        world.answer(exchange);
    }
    outcome.map_err(|reason| world.stop(WAY, reason))
}
