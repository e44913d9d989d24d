//! What a client does with the protected resource metadata beyond reading it.

use crate::bench::{Discovery, ServerStage};
use crate::protocol::metadata::Way;
use crate::rules::server::metadata::evidence::{Discovered, Lookups, WithoutSlash};
use crate::wire::Request;
use crate::world::{StepResult, World, server};
use cucumber::when;
use http::header::HOST;
use http::{HeaderName, HeaderValue};
use serde_json::Value;

const STIMULUS: &str = "a request to the server";

#[when("a client looks for the protected resource metadata")]
async fn metadata(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    world.stimulate();
    look_for_metadata(world, server).await;
    Ok(())
}

/// Looks for the protected resource metadata, and leaves what was found.
async fn look_for_metadata(world: &mut World, server: &ServerStage) -> Discovered {
    let Discovery { refusal, named, mut attempts, mut astray } = server.discovery().await.clone();
    world.note(refusal);
    for attempt in attempts.iter_mut().chain(&mut astray) {
        for exchange in attempt.redirects.iter_mut().chain([&mut attempt.exchange]) {
            *exchange = world.note(exchange.clone());
        }
    }
    let found = Discovered { endpoint: server.bench().endpoint.clone(), named, attempts, astray };
    world.leave(found.clone());
    found
}

#[when("a client looks for the metadata of every authorization server that is named")]
async fn issuers(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    world.stimulate();
    look_for_metadata(world, server).await;
    let mut lookups = server.issuer_lookups().await.to_vec();
    for exchange in lookups.iter_mut().flat_map(|lookup| &mut lookup.attempts) {
        *exchange = world.note(exchange.clone());
    }
    world.leave(Lookups(lookups));
    Ok(())
}

#[when("a client asks each resource without the slash at its end")]
async fn without_slash(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    world.stimulate();
    let mut answers = Vec::new();
    for (_, document) in look_for_metadata(world, server).await.own() {
        let resource = document.get("resource").and_then(Value::as_str).unwrap_or_default();
        if let Some(shorter) = resource.strip_suffix('/').filter(|shorter| server.belongs(shorter)) {
            let mut request = server.prepare(&server.guarded()).await;
            request.purpose = "the resource without the slash at its end".into();
            request.url = shorter.to_owned();
            let exchange = server.deliver(request, &server.bench().sender).await;
            answers.push(world.note(exchange));
        }
    }
    world.leave(WithoutSlash(answers));
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
    requests.extend(known.map(|attempt| Request::get("metadata", attempt.url())));
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
