//! What somebody does with what is not theirs.

use crate::bench::{Credential, ServerStage};
use crate::declared::{Facility, HandleTool};
use crate::mcp::{Call, Operation, ToolCall};
use crate::protocol::jsonrpc;
use crate::protocol::url::origin_of;
use crate::rules::server::common::when::{answer_unless_public, unless_declared_public};
use crate::rules::server::isolation::judge::{differences, told};
use crate::rules::server::isolation::steps::given::credential;
use crate::token_name::{OTHER_USER, TokenName, VALID};
use crate::wire::{Reading, Request};
use crate::world::{StepResult, Stopped, World, server};
use cucumber::when;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Method};
use serde_json::{Value, json};

/// How many handles are looked at.
const HANDLES: usize = 20;

const STIMULUS: &str = "a request to the server";

/// The field by which a stream is resumed.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

fn thing(world: &mut World) -> Result<String, Stopped> {
    match world.thing.clone() {
        Some(thing) => Ok(thing),
        None => Err(world.fail(STIMULUS, "the Given should have stopped this")),
    }
}

#[when(regex = r"^(a (?:POST|GET|DELETE|PUT|PATCH).*) comes in without a token$")]
async fn comes_in(world: &mut World, words: String) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let Some(request) = inbound(server, &words).await else {
        return Err(world.fail(STIMULUS, format!("`{words}` is no request")));
    };
    let operation = match words.as_str() {
        "a POST of a notification" | "a POST of a response" => Operation::Notification,
        "a GET" => Operation::Stream,
        "a DELETE" => Operation::EndSession,
        _ => server.guarded(),
    };
    unless_declared_public(world, server, &operation)?;
    world.stimulate();
    let exchange = server.send_bare(Request { purpose: format!("{words} without a token").into(), ..request }).await;
    answer_unless_public(world, server, &operation, exchange)
}

async fn inbound(server: &ServerStage, words: &str) -> Option<Request> {
    let endpoint = &server.bench().endpoint;
    let origin = origin_of(endpoint).unwrap_or_default();
    let of = |operation: Operation| server.complete(operation);
    Some(match words {
        "a POST of a request" => of(server.guarded()).await,
        "a POST of a notification" => of(Operation::Notification).await,
        "a POST of a response" => {
            of(Operation::Notification).await.content(json!({ "jsonrpc": "2.0", "id": 0, "result": {} }).to_string())
        }
        "a GET" => of(Operation::Stream).await,
        "a DELETE" => of(Operation::EndSession).await,
        "a PUT" => Request { method: Method::PUT, ..of(server.guarded()).await },
        "a PATCH" => Request { method: Method::PATCH, ..of(server.guarded()).await },
        "a GET of the old event stream" => {
            let stream = Request::get(words, format!("{origin}/sse"));
            let stream = stream.header(ACCEPT, HeaderValue::from_static("text/event-stream"));
            Request { reading: Reading::Head, ..stream }
        }
        "a POST to the old message endpoint" => {
            let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {} });
            Request::new(words, Method::POST, format!("{origin}/messages?sessionId={}", uuid::Uuid::new_v4()))
                .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
                .content(message.to_string())
        }
        _ => return None,
    })
}

#[when(regex = r"^the session id is presented with (.+) and without a token$")]
async fn without_token(world: &mut World, words: String) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let session = thing(world)?;
    let operation = server.operation(&words).map_err(|error| world.fail(STIMULUS, error))?;
    unless_declared_public(world, server, &operation)?;
    world.stimulate();
    let exchange = server.send_in(Some(&session), &operation, "in a session without a token", None, &[]).await;
    answer_unless_public(world, server, &operation, exchange)
}

#[when(regex = r"^the other user sends (.+?)( from an earlier event onward)? in the first session$")]
async fn other_user(world: &mut World, words: String, resumed: String) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let session = thing(world)?;
    let operation = server.operation(&words).map_err(|error| world.fail(STIMULUS, error))?;
    let (user, other) = (credential(world, server, VALID).await?, credential(world, server, OTHER_USER).await?);
    let headers = match resumed.is_empty() {
        true => Vec::new(),
        false => vec![(LAST_EVENT_ID, HeaderValue::from_static("0"))],
    };
    world.stimulate();
    let exchange = server.send_in(Some(&session), &operation, "another user in it", Some(&other), &headers).await;
    world.answer(exchange);
    let after = server.send_in(Some(&session), &Operation::ToolsList, "in it afterwards", Some(&user), &[]).await;
    let after = world.note(after);
    world.controls.push(after);
    Ok(())
}

#[when("a client opens many sessions")]
async fn many_sessions(world: &mut World) -> StepResult {
    let expected = "session ids to look at";
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(expected, reason))?;
    let opened = server.many_sessions().await.map_err(|cannot| world.lack(expected, &cannot))?;
    world.stimulate();
    for exchange in opened.iter().cloned() {
        world.answer(exchange);
    }
    Ok(())
}

/// The call of the tool that takes a handle.
pub(crate) fn with_handle(take: &ToolCall, handle: &str) -> Operation {
    let mut call = take.clone();
    for value in call.arguments.values_mut() {
        if let Value::String(text) = value {
            *text = text.replace("{handle}", handle);
        }
    }
    Operation::ToolsCall(call)
}

fn handle_tool(world: &mut World, server: &ServerStage) -> Result<HandleTool, Stopped> {
    match &server.bench().means.handle {
        Some(tool) => Ok(tool.clone()),
        None => Err(world.fail(STIMULUS, "the Given should have stopped this")),
    }
}

#[when(regex = r"^the handle is used (without a token|by another user)$")]
async fn uses_handle(world: &mut World, how: String) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let (tool, handle) = (handle_tool(world, server)?, thing(world)?);
    let other = match how.as_str() {
        "by another user" => Some(credential(world, server, OTHER_USER).await?),
        _ => None,
    };
    world.stimulate();
    let words = format!("with a user's handle {how}");
    let exchange = server.send_as(&with_handle(&tool.take, &handle), &words, other.as_ref(), &[]).await;
    world.answer(exchange);
    Ok(())
}

#[when("a client gets many state handles")]
async fn many_handles(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let tool = handle_tool(world, server)?;
    let user = credential(world, server, VALID).await?;
    world.stimulate();
    for _ in 0..HANDLES {
        let made = Operation::ToolsCall(tool.make.clone());
        let exchange = server.send_as(&made, "one handle of many", Some(&user), &[]).await;
        let result = exchange.response().and_then(jsonrpc::result).unwrap_or_default();
        world.notes.extend(result.pointer(&tool.pointer).and_then(Value::as_str).map(str::to_owned));
        world.answer(exchange);
    }
    Ok(())
}

/// The call of a tool that demands input: the first time, or with the answers to the demand and its requestState.
pub(crate) fn demand(tool: &ToolCall, state: Option<(&str, &Value)>) -> Operation {
    let capabilities = json!({ "elicitation": { "form": {}, "url": {} }, "sampling": {}, "roots": {} });
    let mut params = json!({
        "name": tool.name,
        "arguments": tool.arguments,
        "_meta": { "io.modelcontextprotocol/clientCapabilities": capabilities },
    });
    if let Some((state, demand)) = state {
        params["requestState"] = state.into();
        params["inputResponses"] = responses(demand);
    }
    Operation::Call(Call { words: format!("tools/call {}", tool.name), method: "tools/call", params })
}

/// An answer to each thing demanded, as plain as its kind allows.
fn responses(demand: &Value) -> Value {
    let requests = demand.get("inputRequests").and_then(Value::as_object);
    let answered = requests.into_iter().flatten().map(|(key, request)| {
        let response = match request.get("method").and_then(Value::as_str) {
            Some("roots/list") => json!({ "roots": [] }),
            Some("sampling/createMessage") => json!({
                "role": "assistant", "content": { "type": "text", "text": "yes" }, "model": "none", "stopReason": "endTurn"
            }),
            _ => json!({ "action": "accept", "content": filled(request) }),
        };
        (key.clone(), response)
    });
    Value::Object(answered.collect())
}

fn filled(request: &Value) -> Value {
    let properties = request.pointer("/params/requestedSchema/properties").and_then(Value::as_object);
    let filled = properties.into_iter().flatten().map(|(name, schema)| {
        let choice = schema.pointer("/enum/0").cloned();
        let value = choice.unwrap_or_else(|| match schema.get("type").and_then(Value::as_str) {
            Some("boolean") => true.into(),
            Some("integer" | "number") => 1.into(),
            _ => "yes".into(),
        });
        (name.clone(), value)
    });
    Value::Object(filled.collect())
}

#[when(regex = r"^the call is repeated with a requestState that is (.+)$")]
async fn altered(world: &mut World, how: String) -> StepResult {
    let state = thing(world)?;
    let characters: Vec<char> = state.chars().collect();
    let middle = characters.len() / 2;
    let altered: String = match how.as_str() {
        "changed in the middle" => {
            let turn = |c: char| if c == 'A' { 'B' } else { 'A' };
            characters.iter().enumerate().map(|(at, c)| if at == middle { turn(*c) } else { *c }).collect()
        }
        "shortened by its second half" => characters.iter().take(middle).collect(),
        _ => "e30".to_owned(),
    };
    repeat(world, VALID, &altered, false, &format!("with a requestState that is {how}")).await
}

#[when(regex = r"^the call is repeated (by another user|with other arguments)$")]
async fn taken_elsewhere(world: &mut World, how: String) -> StepResult {
    let state = thing(world)?;
    let user = if how == "by another user" { OTHER_USER } else { VALID };
    repeat(world, user, &state, how == "with other arguments", &format!("with a requestState {how}")).await
}

async fn repeat(world: &mut World, user: TokenName, state: &str, elsewhere: bool, words: &str) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let Some(mut tool) = server.bench().means.request_state.clone() else {
        return Err(world.fail(STIMULUS, "the Given should have stopped this"));
    };
    if elsewhere && !change_an_argument(&mut tool) {
        return Err(world.stop("a call with other arguments", "the tool was named without a text argument"));
    }
    let user = credential(world, server, user).await?;
    let demanded = world.controls.first().and_then(|first| first.response()).and_then(jsonrpc::result);
    world.stimulate();
    let again = demand(&tool, Some((state, &demanded.unwrap_or_default())));
    let exchange = server.send_as(&again, words, Some(&user), &[]).await;
    world.answer(exchange);
    Ok(())
}

fn change_an_argument(tool: &mut ToolCall) -> bool {
    let text = tool.arguments.values_mut().find(|value| value.is_string());
    text.map(|text| *text = json!("something else")).is_some()
}

/// The call that creates a task.
pub(crate) fn task(tool: &ToolCall) -> Operation {
    let params = json!({
        "name": tool.name,
        "arguments": tool.arguments,
        "task": { "ttl": 60_000 },
        "_meta": with_tasks(),
    });
    Operation::Call(Call { words: format!("tools/call {}", tool.name), method: "tools/call", params })
}

/// A call about a task.
pub(crate) fn about_task(method: &'static str, id: &str) -> Operation {
    let mut params = json!({ "taskId": id, "_meta": with_tasks() });
    if method == "tasks/update" {
        params["inputResponses"] = json!({});
    }
    Operation::Call(Call { words: method.to_owned(), method, params })
}

fn with_tasks() -> Value {
    json!({ "io.modelcontextprotocol/clientCapabilities": { "extensions": { "io.modelcontextprotocol/tasks": {} } } })
}

#[when(regex = r"^another user sends (tasks/\w+) for that task$")]
async fn others_task(world: &mut World, method: String) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let id = thing(world)?;
    let known = ["tasks/get", "tasks/cancel", "tasks/result", "tasks/list", "tasks/update"];
    let Some(method) = known.into_iter().find(|known| *known == method) else {
        return Err(world.fail(STIMULUS, format!("`{method}` is no method")));
    };
    let other = credential(world, server, OTHER_USER).await?;
    world.stimulate();
    // In a session of their own: in somebody else's, the session would be refused and not the task.
    let session = match server.revision().is_stateless() {
        true => None,
        false => server.open_session_as(&other).await.1,
    };
    let about = about_task(method, &id);
    let exchange = server.send_in(session.as_deref(), &about, "about a user's task", Some(&other), &[]).await;
    world.answer(exchange);
    Ok(())
}

fn whoami(world: &mut World, server: &ServerStage) -> Result<ToolCall, Stopped> {
    let means = &server.bench().means;
    let tool = means.of(Facility::Identity, means.whoami.as_ref()).cloned();
    tool.map_err(|missing| world.do_without(STIMULUS, &missing))
}

#[when("both users call it in turn on one connection")]
async fn in_turn(world: &mut World) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let tool = Operation::ToolsCall(whoami(world, server)?);
    let (user, other) = (credential(world, server, VALID).await?, credential(world, server, OTHER_USER).await?);
    world.stimulate();
    let turns: [&Credential; 6] = [&user, &other, &user, &user, &other, &other];
    let answers = server.send_in_turn(&tool, "in turn", &turns).await;
    for exchange in answers.map_err(|reason| world.fail(STIMULUS, reason))? {
        world.answer(exchange);
    }
    Ok(())
}

#[when(
    regex = r"^a user calls it with another user's values in (the arguments|_meta|clientInfo|header fields|cookies)$"
)]
async fn supplied(world: &mut World, place: String) -> StepResult {
    let stage = world.stage()?;
    let server = server(&stage).map_err(|reason| world.stop(STIMULUS, reason))?;
    let mut tool = whoami(world, server)?;
    let user = credential(world, server, VALID).await?;
    let values = match world.controls.as_slice() {
        [own, other, ..] => differences(&told(own).unwrap_or_default(), &told(other).unwrap_or_default()),
        _ => Vec::new(),
    };
    let Some((_, first)) = values.first() else {
        return Err(world.stop(STIMULUS, "the answers for two users differ in no text"));
    };
    let object = || Value::Object(values.iter().map(|(name, text)| (name.clone(), text.clone().into())).collect());
    let mut meta = json!({});
    let mut headers = Vec::new();
    match place.as_str() {
        "the arguments" => tool.arguments.extend(values.iter().map(|(name, text)| (name.clone(), text.clone().into()))),
        "_meta" => meta = object(),
        "header fields" => headers = claims_in_headers(first),
        "cookies" => headers = cookies(&values),
        _ => {
            let mut info = object();
            (info["name"], info["version"]) = (first.clone().into(), "1".into());
            meta = json!({ "io.modelcontextprotocol/clientInfo": info });
        }
    }
    let params = json!({ "name": tool.name, "arguments": tool.arguments, "_meta": meta });
    let call = Operation::Call(Call { words: format!("tools/call {}", tool.name), method: "tools/call", params });
    world.stimulate();
    let words = format!("with another user's values in {place}");
    let exchange = server.send_as(&call, &words, Some(&user), &headers).await;
    world.answer(exchange);
    Ok(())
}

/// The fields in which proxies tell a server who has logged in.
fn claims_in_headers(value: &str) -> Vec<(HeaderName, HeaderValue)> {
    const FIELDS: [&str; 9] = [
        "x-user-id",
        "x-user",
        "x-username",
        "x-forwarded-user",
        "x-auth-request-user",
        "x-remote-user",
        "remote-user",
        "x-subject",
        "x-amzn-oidc-identity",
    ];
    let Ok(value) = HeaderValue::from_str(value) else { return Vec::new() };
    FIELDS.iter().map(|name| (HeaderName::from_static(name), value.clone())).collect()
}

fn cookies(values: &[(String, String)]) -> Vec<(HeaderName, HeaderValue)> {
    let pairs = values.iter().map(|(name, text)| format!("{name}={text}")).collect::<Vec<_>>().join("; ");
    HeaderValue::from_str(&pairs).map(|value| vec![(http::header::COOKIE, value)]).unwrap_or_default()
}
