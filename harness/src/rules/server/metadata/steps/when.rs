//! What a client does with the protected resource metadata beyond reading it.

use crate::bench::{rewrite, set_mirror};
use crate::mcp::{Operation, ToolCall};
use crate::protocol::metadata::Way;
use crate::rules::server::common::given::marker;
use crate::rules::server::common::when::look_for_metadata;
use crate::wire::Request;
use crate::world::{StepResult, World, server};
use cucumber::when;
use http::header::HOST;
use http::{HeaderName, HeaderValue};
use serde_json::{Value, json};

const STIMULUS: &str = "a request to the server";

#[when("a client looks for the metadata of every authorization server that is named")]
async fn issuers(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    world.stimulate();
    look_for_metadata(world, server).await;
    for mut lookup in server.issuer_lookups().await.iter().cloned() {
        lookup.attempts = lookup.attempts.into_iter().map(|exchange| world.note(exchange)).collect();
        world.lookups.push(lookup);
    }
    Ok(())
}

#[when("a client asks each resource without the slash at its end")]
async fn without_slash(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    world.stimulate();
    look_for_metadata(world, server).await;
    for attempt in world.attempts.clone() {
        let document = attempt.document().unwrap_or_default();
        let resource = document.get("resource").and_then(Value::as_str).unwrap_or_default();
        if let Some(shorter) = resource.strip_suffix('/').filter(|shorter| server.belongs(shorter)) {
            let mut request = server.prepare(&server.guarded()).await;
            request.purpose = "the resource without the slash at its end".into();
            request.url = shorter.to_owned();
            let exchange = server.deliver(request, &server.bench().sender).await;
            world.answer(exchange);
        }
    }
    Ok(())
}

#[when(expr = "a client asks for a challenge and for the metadata with {word} {word}")]
async fn in_the_name_of(world: &mut World, header: String, value: String) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let name = if header == "Host" { Ok(HOST) } else { HeaderName::from_bytes(header.as_bytes()) };
    let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(&value)) else {
        return Err(world.fail(STIMULUS, format!("{header} is no header field")));
    };
    let mut requests = vec![server.prepare(&server.guarded()).await];
    let known = server.discovery().await.attempts.iter().filter(|attempt| attempt.way != Way::Challenge);
    requests.extend(known.map(|attempt| Request::get("metadata", attempt.exchange.request.url.clone())));
    world.stimulate();
    for mut request in requests {
        request.purpose = format!("{} with {header} {}", request.label(), value.to_str().unwrap_or_default()).into();
        request.headers.insert(name.clone(), value.clone());
        if header == "X-Forwarded-Host" {
            request.headers.insert(HeaderName::from_static("x-forwarded-proto"), HeaderValue::from_static("https"));
        }
        let exchange = server.deliver(request, &server.bench().sender).await;
        world.answer(exchange);
    }
    Ok(())
}

#[when("an outsider asks for a tool, for one that does not exist, for an unknown method, and with broken arguments")]
async fn outsider(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    if server.bench().lists_for_everybody() {
        return Err(world.pass_by("tools that are not shown to everybody", "everybody can list the tools"));
    }
    let tool = server.bench().tool.clone();
    let invented = ToolCall { name: format!("no_such_tool_{}", marker()), arguments: serde_json::Map::new() };
    let existing = server.labelled("an existing tool, by an outsider", &Operation::ToolsCall(tool.clone()), None).await;
    let missing =
        server.labelled("a tool that does not exist, by an outsider", &Operation::ToolsCall(invented), None).await;
    let mut unknown = server.labelled("an unknown method, by an outsider", &Operation::ToolsList, None).await;
    rewrite(&mut unknown, |message| message["method"] = json!("no/such/method"));
    set_mirror(&mut unknown, "mcp-method", "no/such/method");
    let mut broken = server.labelled("broken arguments, by an outsider", &Operation::ToolsCall(tool), None).await;
    rewrite(&mut broken, |message| message["params"]["arguments"] = json!("not an object"));
    world.stimulate();
    for request in [existing, missing, unknown, broken] {
        let exchange = server.deliver(request, &server.bench().sender).await;
        world.answer(exchange);
    }
    Ok(())
}
