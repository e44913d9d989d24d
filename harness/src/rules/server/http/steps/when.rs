//! What web pages, careless clients and strangers do to an MCP server.

use crate::bench::{Credential, ServerStage, set_mirror};
use crate::mcp::Operation;
use crate::protocol::url::origin_of;
use crate::rules::server::common::when::{answer_unless_public, unless_declared_public};
use crate::rules::server::scope::steps::given::scoped;
use crate::token_name::VALID;
use crate::wire::Request;
use crate::world::{StepResult, Stopped, World, server};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use cucumber::when;
use http::HeaderValue;
use http::header::{AUTHORIZATION, HOST, ORIGIN};
use secrecy::ExposeSecret as _;

const STIMULUS: &str = "a request to the server";
/// Longer than any header field that servers take by default.
const VERY_LONG: usize = 64 * 1024;

/// A request for tools/list with a valid token.
async fn with_valid_token(world: &mut World, server: &ServerStage, label: String) -> Result<Request, Stopped> {
    let token = server.token(&VALID).await.map_err(|cannot| world.lack(STIMULUS, &cannot))?;
    Ok(server.labelled(&label, &server.guarded(), Some(token)).await)
}

async fn deliver(world: &mut World, server: &ServerStage, request: Request) {
    world.stimulate();
    let exchange = server.deliver(request, &server.bench().sender).await;
    world.answer(exchange);
}

#[when(regex = r"^a web page of (.+) sends tools/list with a valid token$")]
async fn foreign_page(world: &mut World, words: String) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let origin = foreign(world, server, &words)?;
    let mut request = with_valid_token(world, server, format!("tools/list from {words}")).await?;
    let value = HeaderValue::from_str(&origin).map_err(|error| world.fail(STIMULUS, error))?;
    request.headers.insert(ORIGIN, value);
    deliver(world, server, request).await;
    Ok(())
}

/// The value of Origin that the words stand for. Those on the host of the server may be allowed ones, so what is
/// allowed must be declared.
fn foreign(world: &mut World, server: &ServerStage, words: &str) -> Result<String, Stopped> {
    let own = origin_of(&server.bench().endpoint).unwrap_or_default();
    let (scheme, host) = own.split_once("://").unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let allowed = &server.bench().subject.allowed_origins;
    let (origin, on_own_host) = match words {
        "a host that begins alike" => (format!("https://{name}.evil.example"), false),
        "another port" => (format!("{scheme}://{name}:1"), true),
        "the other scheme" => {
            let other = if scheme == "https" { "http" } else { "https" };
            (format!("{other}://{host}"), true)
        }
        literal => (literal.to_owned(), false),
    };
    if on_own_host && allowed.is_empty() {
        return Err(world.stop(STIMULUS, "the origins that may call are not declared, and this one may be among them"));
    }
    match allowed.contains(&origin) {
        true => Err(world.pass_by(STIMULUS, format!("{words} is allowed"))),
        false => Ok(origin),
    }
}

#[when("a web page of each allowed origin sends a request with a valid token")]
async fn allowed_page(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let allowed = server.bench().subject.allowed_origins.clone();
    if allowed.is_empty() {
        return Err(world.stop(STIMULUS, "the origins that may call are not declared"));
    }
    world.stimulate();
    for origin in allowed {
        let mut request =
            with_valid_token(world, server, format!("tools/list from the allowed origin {origin}")).await?;
        let value = HeaderValue::from_str(&origin).map_err(|error| world.fail(STIMULUS, error))?;
        request.headers.insert(ORIGIN, value);
        let exchange = server.deliver(request, &server.bench().sender).await;
        world.answer(exchange);
    }
    Ok(())
}

#[when("a client addresses tools/list with a valid token to the host evil.example")]
async fn foreign_host(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    if !server.is_local() {
        return Err(world.pass_by(STIMULUS, "the server does not run on this machine"));
    }
    let mut request = with_valid_token(world, server, "tools/list for the host evil.example".to_owned()).await?;
    request.headers.insert(HOST, HeaderValue::from_static("evil.example"));
    deliver(world, server, request).await;
    Ok(())
}

#[when("the listening sockets of the server are looked at")]
async fn sockets(world: &mut World) -> StepResult {
    let expected = "the listening sockets of the server";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    if !server.is_local() {
        return Err(world.pass_by(expected, "the server does not run on this machine"));
    }
    let seen = server.listening_sockets().await.map_err(|reason| world.stop(expected, reason))?;
    world.stimulate();
    world.answer(seen);
    Ok(())
}

#[when(regex = r"^a client names (.+) in the header and (.+) in the body, with (.+)$")]
async fn mismatch(world: &mut World, header: String, body: String, words: String) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let scoped = scoped(world, server, STIMULUS)?;
    let Some(claim) = scoped.claim(&words) else {
        return Err(world.fail(STIMULUS, format!("`{words}` describes no scopes")));
    };
    let token = server.token_with_scope(&claim, &words).await.map_err(|cannot| world.lack(STIMULUS, &cannot))?;
    let harmless = server.bench().tool.clone();
    let encoded = |name: &str| format!("=?base64?{}?=", BASE64_STANDARD.encode(name));
    let name = match header.as_str() {
        "the harmless tool" => harmless.name.clone(),
        "the harmless tool in Base64" => encoded(&harmless.name),
        "the scoped tool" => scoped.operation.call.name.clone(),
        other => return Err(world.fail(STIMULUS, format!("`{other}` is no tool"))),
    };
    let operation = match body.as_str() {
        "the harmless tool" => Operation::ToolsCall(harmless),
        "the scoped tool" => scoped.call(&crate::rules::server::common::given::marker()),
        other => return Err(world.fail(STIMULUS, format!("`{other}` is no tool"))),
    };
    let label = format!("{header} in the header and {body} in the body, with {words}");
    let mut request = server.labelled(&label, &operation, Some(token)).await;
    set_mirror(&mut request, "mcp-name", &name);
    deliver(world, server, request).await;
    Ok(())
}

#[when("a client names another tool in the header than in the body, with a valid token")]
async fn other_tool(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let token = server.token(&VALID).await.map_err(|cannot| world.lack(STIMULUS, &cannot))?;
    let harmless = server.bench().tool.clone();
    let other = format!("{}-other", harmless.name);
    let label = "another tool in the header than in the body";
    let mut request = server.labelled(label, &Operation::ToolsCall(harmless), Some(token)).await;
    set_mirror(&mut request, "mcp-name", &other);
    deliver(world, server, request).await;
    Ok(())
}

#[when(regex = r"^a client sends tools/list, its credentials being (.+)$")]
async fn malformed(world: &mut World, words: String) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let mut request = server.labelled(&format!("credentials: {words}"), &server.guarded(), None).await;
    let values = match words.as_str() {
        "Bearer and nothing else" => vec!["Bearer".to_owned()],
        "Bearer and two words" => vec!["Bearer a b".to_owned()],
        "characters that no token has" => vec!["Bearer {\"not\":\"a token\"}".to_owned()],
        "a token of 64 KiB" => vec![format!("Bearer {}", "a".repeat(VERY_LONG))],
        "two Authorization fields" => {
            let token = server.token(&VALID).await.map_err(|cannot| world.lack(STIMULUS, &cannot))?;
            let good = format!("Bearer {}", token.raw.expose_secret());
            Credential::bearer(token).put_on(&mut request);
            request.headers.remove(AUTHORIZATION);
            vec![good, "Bearer undefined".to_owned()]
        }
        other => return Err(world.fail(STIMULUS, format!("`{other}` describes no credentials"))),
    };
    for value in values {
        let value = HeaderValue::from_str(&value).map_err(|error| world.fail(STIMULUS, error))?;
        request.headers.append(AUTHORIZATION, value);
    }
    deliver(world, server, request).await;
    Ok(())
}

#[when(regex = r"^an outsider tries (.+)$")]
async fn stranger(world: &mut World, words: String) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let operation = server.operation(&words).map_err(|error| world.fail(STIMULUS, error))?;
    unless_declared_public(world, server, &operation)?;
    world.stimulate();
    let exchange = server.send(&operation, &[]).await;
    answer_unless_public(world, server, &operation, exchange)
}
