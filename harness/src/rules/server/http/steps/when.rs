//! What web pages, careless clients and outsiders do to an MCP server.

use crate::bench::{ChosenScopes, Credential, ServerStage, rewrite, set_mirror};
use crate::mcp::Operation;
use crate::protocol::url::origin_of;
use crate::rules::server::common::given::marker;
use crate::rules::server::common::when::{answer_unless_public, meant, token, unless_declared_public};
use crate::rules::server::http::judge::Foreign;
use crate::rules::server::http::purpose::{ForeignOrigin, InBody, InHeader, Malformed, Mirrored, Sent};
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
use serde_json::json;

const STIMULUS: &str = "a request to the server";
/// Longer than any header field that servers take by default.
const VERY_LONG: usize = 64 * 1024;

/// A request for tools/list with a valid token.
async fn with_valid_token(world: &mut World, server: &ServerStage, sent: Sent) -> Result<Request, Stopped> {
    let token = token(world, server, &VALID).await?;
    Ok(server.labelled(sent, &server.guarded(), Some(token)).await)
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
    let origin = meant(world, &words)?;
    let (value, foreign) = foreign(world, server, origin)?;
    world.leave(foreign);
    let mut request = with_valid_token(world, server, Sent::FromForeign(origin)).await?;
    let value = HeaderValue::from_str(&value).map_err(|error| world.fail(STIMULUS, error))?;
    request.headers.insert(ORIGIN, value);
    deliver(world, server, request).await;
    Ok(())
}

/// The value of Origin for a foreign one. Those on the host of the server, and the opaque one, may be allowed ones where
/// the operator did not declare which are.
fn foreign(world: &mut World, server: &ServerStage, origin: ForeignOrigin) -> Result<(String, Foreign), Stopped> {
    let own = origin_of(&server.bench().endpoint).unwrap_or_default();
    let (scheme, host) = own.split_once("://").unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let allowed = server.bench().subject.allowed_origins.clone();
    let (value, may_be_allowed) = match origin {
        ForeignOrigin::Stranger => ("http://evil.example".to_owned(), false),
        ForeignOrigin::Opaque => ("null".to_owned(), true),
        ForeignOrigin::BeginsAlike => (format!("https://{name}.evil.example"), false),
        ForeignOrigin::AnotherPort => (format!("{scheme}://{name}:1"), true),
        ForeignOrigin::OtherScheme => {
            let other = if scheme == "https" { "http" } else { "https" };
            (format!("{other}://{host}"), true)
        }
    };
    let foreign = if allowed.is_none() && may_be_allowed { Foreign::Perhaps } else { Foreign::Certainly };
    match allowed.iter().flatten().any(|known| allows(known, &value)) {
        true => Err(world.pass_by(STIMULUS, format!("{origin} is allowed, says the operator"))),
        false => Ok((value, foreign)),
    }
}

/// Whether an origin is among those that a declared one stands for: `*` for all, `https://host:*` for every port.
fn allows(declared: &str, origin: &str) -> bool {
    let Some(stem) = declared.strip_suffix(":*") else { return declared == "*" || declared == origin };
    origin.strip_prefix(stem).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
}

/// An origin that a declared one stands for.
fn sample(declared: &str) -> String {
    declared.strip_suffix(":*").map_or_else(|| declared.to_owned(), |stem| format!("{stem}:1"))
}

#[when("a web page of each allowed origin sends a request with a valid token")]
async fn allowed_page(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let allowed = server.bench().subject.allowed_origins.clone();
    let named: Vec<_> = allowed.iter().flatten().filter(|origin| *origin != "*").map(|origin| sample(origin)).collect();
    if named.is_empty() {
        return Err(world.pass_by(STIMULUS, "the operator names no origin that may call"));
    }
    world.stimulate();
    for origin in named {
        let value = HeaderValue::from_str(&origin).map_err(|error| world.fail(STIMULUS, error))?;
        let mut request = with_valid_token(world, server, Sent::FromAllowed(origin)).await?;
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
    let mut request = with_valid_token(world, server, Sent::ToForeignHost).await?;
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
async fn mismatch(world: &mut World, header: String, body: String, held: ChosenScopes) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let scoped = scoped(world, server, STIMULUS).await?;
    let (header, body) = (meant(world, &header)?, meant(world, &body)?);
    let token = server.token_with(&scoped, held).await.map_err(|cannot| world.lack(STIMULUS, &cannot))?;
    let harmless = server.bench().tool.clone();
    let name = match header {
        InHeader::Harmless => harmless.name.clone(),
        InHeader::HarmlessInBase64 => format!("=?base64?{}?=", BASE64_STANDARD.encode(&harmless.name)),
        InHeader::Scoped => scoped.operation.call.name.clone(),
    };
    let operation = match body {
        InBody::Harmless => Operation::ToolsCall(harmless),
        InBody::Scoped => scoped.call(&marker()),
    };
    let mut request = server.labelled(Sent::Mismatch { header, body, held }, &operation, Some(token)).await;
    set_mirror(&mut request, "mcp-name", &name);
    deliver(world, server, request).await;
    Ok(())
}

#[when("a client names another tool in the header than in the body, with a valid token")]
async fn other_tool(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let token = token(world, server, &VALID).await?;
    let harmless = server.bench().tool.clone();
    let other = format!("{}-other", harmless.name);
    let mut request = server.labelled(Sent::OtherToolInHeader, &Operation::ToolsCall(harmless), Some(token)).await;
    set_mirror(&mut request, "mcp-name", &other);
    deliver(world, server, request).await;
    Ok(())
}

#[when(regex = r"^a client sends tools/call with a valid token, and (.+ in the (?:body|header) than .+|no Mcp-.+)$")]
async fn mirrored(world: &mut World, words: String) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let mirrored = meant(world, &words)?;
    let token = token(world, server, &VALID).await?;
    let operation = Operation::ToolsCall(server.bench().tool.clone());
    let mut request = server.labelled(Sent::Mirrored(mirrored), &operation, Some(token)).await;
    match mirrored {
        Mirrored::OtherMethod => set_mirror(&mut request, "mcp-method", "tools/list"),
        Mirrored::OtherVersion => rewrite(&mut request, |message| {
            message["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!("2025-11-25");
        }),
        Mirrored::NoMethod => drop(request.headers.remove("mcp-method")),
        Mirrored::NoName => drop(request.headers.remove("mcp-name")),
    }
    deliver(world, server, request).await;
    Ok(())
}

#[when(regex = r"^a client sends tools/list, its credentials being (.+)$")]
async fn malformed(world: &mut World, words: String) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let malformed = meant(world, &words)?;
    let mut request = server.labelled(Sent::Credentials(malformed), &server.guarded(), None).await;
    request.made_up = true;
    let values = match malformed {
        Malformed::SchemeOnly => vec!["Bearer".to_owned()],
        Malformed::TwoWords => vec!["Bearer a b".to_owned()],
        Malformed::OddCharacters => vec!["Bearer {\"not\":\"a token\"}".to_owned()],
        Malformed::VeryLong => vec![format!("Bearer {}", "a".repeat(VERY_LONG))],
        Malformed::Basic => vec!["Basic YWRtaW46YWRtaW4=".to_owned()],
        Malformed::UnknownScheme => vec!["Trusted admin".to_owned()],
        Malformed::Negotiate => vec!["Negotiate".to_owned()],
        Malformed::TwoFields => {
            let token = token(world, server, &VALID).await?;
            let good = format!("Bearer {}", token.raw.expose_secret());
            Credential::bearer(token).put_on(&mut request);
            request.headers.remove(AUTHORIZATION);
            vec![good, "Bearer undefined".to_owned()]
        }
    };
    for value in values {
        let value = HeaderValue::from_str(&value).map_err(|error| world.fail(STIMULUS, error))?;
        request.headers.append(AUTHORIZATION, value);
    }
    deliver(world, server, request).await;
    Ok(())
}

#[when(regex = r"^an outsider tries (.+)$")]
async fn outsider(world: &mut World, words: String) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let operation = server.operation(&words).map_err(|error| world.fail(STIMULUS, error))?;
    unless_declared_public(world, server, &operation)?;
    world.stimulate();
    let exchange = server.send(&operation, &[]).await;
    answer_unless_public(world, server, &operation, exchange)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::itself("http://localhost:5173", "http://localhost:5173", true)]
    #[case::another_port("http://localhost:5173", "http://localhost:1", false)]
    #[case::every_page("*", "null", true)]
    #[case::every_port("http://localhost:*", "http://localhost:1", true)]
    #[case::the_default_port("http://localhost:*", "http://localhost", true)]
    #[case::a_host_that_begins_alike("http://localhost:*", "http://localhost.evil.example", false)]
    #[case::the_other_scheme("http://localhost:*", "https://localhost:1", false)]
    fn a_declared_origin_stands_for_itself_or_for_every_port(
        #[case] declared: &str,
        #[case] origin: &str,
        #[case] expected: bool,
    ) {
        assert_eq!(allows(declared, origin), expected);
    }

    #[test]
    fn a_page_of_each_declared_origin_can_be_played() {
        assert_eq!(sample("http://localhost:*"), "http://localhost:1");
        assert_eq!(sample("https://app.example"), "https://app.example");
    }
}
