//! Requests without a token that take a way past the check.

use crate::bench::{Credential, Openness, ServerStage, rewrite, set_mirror};
use crate::mcp::{Operation, ToolCall};
use crate::protocol::url::origin_of;
use crate::protocol::{jsonrpc, reply};
use crate::rules::server::challenge::detour::{Detour, HARMLESS};
use crate::rules::server::challenge::evidence::{EffectOfDetour, OfOldTransport};
use crate::rules::server::challenge::purpose::OldTransport;
use crate::rules::server::common::evidence::Effect;
use crate::rules::server::common::given::marker;
use crate::rules::server::common::when::{marked, meant};
use crate::token_name::VALID;
use crate::wire::{Exchange, OpenStream, Request, Response, events};
use crate::world::{StepResult, Stopped, World, server};
use cucumber::when;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderValue, Method};
use serde_json::{Value, json};
use std::time::Duration;
use url::Url;

const STIMULUS: &str = "a request without a token";
/// How long an event is waited for that ought to come at once.
const AT_ONCE: Duration = Duration::from_secs(2);

/// Stops where the plain request without a token is served already, so that nothing is seen of a way past the check.
async fn unless_open(world: &mut World, server: &ServerStage) -> StepResult {
    let plain = server.discovery().await.refusal.clone();
    let is_open = plain.response().is_some_and(reply::holds_what_was_asked);
    world.note(plain);
    match is_open {
        true => Err(world.pass_by(STIMULUS, "the request is served without a token as it is; see RS-CHALLENGE-01")),
        false => Ok(()),
    }
}

/// Stops where what is asked for in this way is open to every client, or may be.
fn unless_public(world: &mut World, server: &ServerStage, detour: Detour) -> StepResult {
    let asked = match detour {
        Detour::Initialized | Detour::UnknownNotification => Operation::Notification,
        Detour::Head => Operation::Stream,
        Detour::InBatch => Operation::ToolsList,
        _ => return Ok(()),
    };
    match server.bench().openness(&asked) {
        Openness::Protected => Ok(()),
        Openness::Declared | Openness::Undeclared => {
            Err(world.pass_by(STIMULUS, format!("every client may use {asked}, as far as anything is declared")))
        }
    }
}

/// Stops where every client may use the harmless method, whose result would then be no sign of a way past the check.
async fn unless_harmless_is_open(world: &mut World, server: &ServerStage) -> StepResult {
    let mut request = server.prepare(&server.guarded()).await;
    rewrite(&mut request, |message| message["method"] = json!(HARMLESS));
    set_mirror(&mut request, "mcp-method", HARMLESS);
    let exchange = server.send_bare(request).await;
    let is_open = world.note(exchange).response().is_some_and(reply::holds_what_was_asked);
    match is_open {
        true => Err(world.pass_by(STIMULUS, format!("{HARMLESS} is served without a token"))),
        false => Ok(()),
    }
}

#[when(regex = r"^a client without a token asks with (.+)$")]
async fn asks(world: &mut World, words: String) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let detour = meant(world, &words)?;
    unless_open(world, server).await?;
    unless_public(world, server, detour)?;
    if matches!(detour, Detour::MethodTwice | Detour::MethodFirst) {
        unless_harmless_is_open(world, server).await?;
    }
    let marker = marker();
    let effect = server.bench().effect.clone().filter(|_| detour == Detour::NoId);
    let operation = match (detour, &effect) {
        (Detour::Initialized | Detour::UnknownNotification, _) => Operation::Notification,
        (Detour::InBatch, _) => Operation::Batch { protected_first: false },
        (_, Some(effect)) => marked(&effect.call, &marker),
        (_, None) => server.guarded(),
    };
    let allowed = server.bench().subject.allowed_origins.clone().unwrap_or_default();
    let allowed = allowed.iter().find(|origin| !origin.contains('*')).map(String::as_str);
    let allowed = allowed.or_else(|| origin_of(&server.bench().endpoint));
    let plain = server.prepare(&operation).await;
    let Some(request) = detour.taken_by(plain, allowed) else {
        return Err(world.pass_by(STIMULUS, format!("there is no such way: {detour}")));
    };
    world.stimulate();
    let exchange = server.send_bare(request).await;
    world.answer(exchange);
    let effect = match effect {
        Some(effect) => effect_of(world, server, &effect.read, &marker).await,
        None => None,
    };
    world.leave(EffectOfDetour(effect));
    Ok(())
}

/// Whether the call took its effect; nothing where it cannot be read back, and only the answer tells.
async fn effect_of(world: &mut World, server: &ServerStage, read: &ToolCall, marker: &str) -> Option<Effect> {
    let token = server.token(&VALID).await.ok()?;
    let exchange = server.send(&Operation::ToolsCall(read.clone()), &[Credential::bearer(token)]).await;
    let result = world.note(exchange).response().and_then(jsonrpc::result)?;
    Some(if result.to_string().contains(marker) { Effect::Seen } else { Effect::NotSeen })
}

/// What a stream of the older transport says first, in the answer as it was recorded or in the stream behind it.
async fn first_event(body: &[u8], stream: Option<&mut OpenStream>) -> Option<String> {
    let recorded = events(&String::from_utf8_lossy(body)).into_iter().next();
    match (recorded, stream) {
        (Some(event), _) => Some(event),
        (None, Some(stream)) => stream.event(AT_ONCE, |_| true).await,
        (None, None) => None,
    }
}

#[when("a client without a token sends tools/list to the message endpoint of an open event stream")]
async fn old_transport(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let token = server.token(&VALID).await.map_err(|cannot| world.lack(STIMULUS, &cannot))?;
    let credential = Credential::bearer(token);
    world.stimulate();
    let mut seen = Vec::new();
    for url in places(&server.bench().endpoint) {
        seen.extend(try_place(world, server, &credential, &url).await?);
    }
    world.leave(OfOldTransport(seen));
    Ok(())
}

/// Where servers have the event stream of the older transport.
fn places(endpoint: &str) -> Vec<String> {
    let origin = origin_of(endpoint).unwrap_or_default();
    let path = endpoint.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let mut places = vec![format!("{origin}/sse"), format!("{path}/sse")];
    places.dedup();
    places
}

/// Opens the stream with a token, and sends a message without one to the endpoint that it names. The answer to the message,
/// and whether what was asked for came by the stream.
async fn try_place(
    world: &mut World,
    server: &ServerStage,
    credential: &Credential,
    url: &str,
) -> Result<Option<(Exchange, bool)>, Stopped> {
    let mut opening =
        Request::get(OldTransport::Stream, url).header(ACCEPT, HeaderValue::from_static("text/event-stream"));
    credential.put_on(&mut opening);
    let (opened, mut stream) = server.open_stream(opening).await;
    let opened = world.note(opened);
    let Some(response) = opened.response().filter(|response| response.is_success()) else { return Ok(None) };
    let named = first_event(&response.body, stream.as_mut()).await;
    let endpoint = named.and_then(|named| Url::parse(url).ok()?.join(&named).ok()).map(String::from);
    let Some(endpoint) = endpoint.filter(|endpoint| server.belongs(endpoint)) else { return Ok(None) };
    let id = marker();
    let message = json!({ "jsonrpc": "2.0", "id": id, "method": "tools/list", "params": {} });
    let request = Request::new(OldTransport::Message, Method::POST, endpoint)
        .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
        .content(message.to_string());
    let exchange = server.send_bare(request).await;
    let exchange = world.note(exchange);
    let taken = exchange.response().is_some_and(Response::is_success);
    let is_result = |data: &str| {
        serde_json::from_str::<Value>(data)
            .is_ok_and(|message| message["id"] == id.as_str() && message.get("result").is_some())
    };
    let came = match stream.as_mut().filter(|_| taken) {
        Some(stream) => stream.event(AT_ONCE, is_result).await.is_some(),
        None => false,
    };
    Ok(Some((exchange, came)))
}
