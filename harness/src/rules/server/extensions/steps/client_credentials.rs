//! Tokens by client credentials, of clients that act for themselves.

use crate::bench::Credential;
use crate::declared::Capability;
use crate::protocol::reply;
use crate::rules::server::extensions::purpose::OfMachine;
use crate::tokens::token;
use crate::world::{StepResult, World, server};
use cucumber::given;

#[given("a token by client credentials is accepted")]
async fn machine(world: &mut World) -> StepResult {
    let expected = "tools/list is accepted with a token by client credentials, as the positive control";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let told = server.bench().capabilities.of(Capability::ClientCredentials, Some(&()));
    told.map_err(|missing| world.do_without(expected, &missing))?;
    let token =
        server.token(token!("a token by client credentials")).await.map_err(|cannot| world.lack(expected, &cannot))?;
    let machine = Credential::bearer(token);
    let session = match server.revision().is_stateless() {
        true => None,
        false => server.open_session_as(&machine).await.1,
    };
    let exchange = server.send_in(session.as_deref(), &server.guarded(), OfMachine, Some(&machine), &[]).await;
    let exchange = world.note(exchange);
    match exchange.response() {
        Some(response) if reply::is_accepted(response) => Ok(()),
        Some(response) => Err(world.stop(expected, reply::shown(response))),
        None => Err(world.stop(expected, "no answer")),
    }
}
