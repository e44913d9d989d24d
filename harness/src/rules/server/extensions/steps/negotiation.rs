//! Extensions that a client says it has.

use crate::bench::Credential;
use crate::mcp::{Call, Operation};
use crate::rules::server::extensions::judge;
use crate::rules::server::extensions::purpose::{ClientExtensions, Having};
use crate::token_name::VALID;
use crate::world::{StepResult, World, server};
use cucumber::{then, when};
use serde_json::json;

#[when(regex = r"^a client with (no extensions|an extension nobody knows) sends tools/list$")]
async fn with_extensions(world: &mut World, extensions: ClientExtensions) -> StepResult {
    let expected = "a request to the server";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let token = server.token(&VALID).await.map_err(|cannot| world.lack("the token of a user", &cannot))?;
    let user = Credential::bearer(token);
    let capabilities = match extensions {
        ClientExtensions::None => json!({}),
        ClientExtensions::Unknown => json!({ "extensions": { "example.invalid/nobody-knows": { "since": 1 } } }),
    };
    let params = json!({ "_meta": { "io.modelcontextprotocol/clientCapabilities": capabilities } });
    let call = Operation::Call(Call { words: "tools/list".to_owned(), method: "tools/list", params });
    world.stimulate();
    let exchange = server.send_as(&call, Having(extensions), Some(&user), &[]).await;
    world.answer(exchange);
    Ok(())
}

#[then("it is served or refused with a proper error")]
async fn proper(world: &mut World) -> StepResult {
    world.judge(judge::served_or_refused)
}
