//! Extensions: of the client, and tokens of machines.

use crate::bench::Credential;
use crate::declared::Facility;
use crate::mcp::{Call, Operation};
use crate::protocol::reply;
use crate::rules::server::dpop::judge as extension;
use crate::rules::server::isolation::steps::given::credential;
use crate::token_name::VALID;
use crate::tokens::token;
use crate::world::{StepResult, World, server};
use cucumber::{given, then, when};
use serde_json::json;

#[given("a token by client credentials is accepted")]
async fn machine(world: &mut World) -> StepResult {
    let expected = "tools/list is accepted with a token by client credentials, as the positive control";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let told = server.bench().means.of(Facility::ClientCredentials, Some(&()));
    told.map_err(|missing| world.do_without(expected, &missing))?;
    let token =
        server.token(token!("a token by client credentials")).await.map_err(|cannot| world.lack(expected, &cannot))?;
    let machine = Credential::bearer(token);
    let session = match server.revision().is_stateless() {
        true => None,
        false => server.open_session_as(&machine).await.1,
    };
    let exchange = server.send_in(session.as_deref(), &server.guarded(), "of a machine", Some(&machine), &[]).await;
    let exchange = world.note(exchange);
    match exchange.response() {
        Some(response) if reply::is_accepted(response) => Ok(()),
        Some(response) => Err(world.stop(expected, reply::shown(response))),
        None => Err(world.stop(expected, "no answer")),
    }
}

#[when(regex = r"^a client with (no extensions|an extension nobody knows) sends tools/list$")]
async fn with_extensions(world: &mut World, which: String) -> StepResult {
    let expected = "a request to the server";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let user = credential(world, server, VALID).await?;
    let capabilities = match which.as_str() {
        "no extensions" => json!({}),
        _ => json!({ "extensions": { "example.invalid/nobody-knows": { "since": 1 } } }),
    };
    let params = json!({ "_meta": { "io.modelcontextprotocol/clientCapabilities": capabilities } });
    let call = Operation::Call(Call { words: "tools/list".to_owned(), method: "tools/list", params });
    world.stimulate();
    let exchange = server.send_as(&call, &format!("with {which}"), Some(&user), &[]).await;
    world.answer(exchange);
    Ok(())
}

#[then("it is served or refused with a proper error")]
async fn proper(world: &mut World) -> StepResult {
    world.judge(extension::served_or_refused)
}
