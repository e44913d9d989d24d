//! How a server with state handles, demands for input and tasks can mix up its users.

use super::purpose::{Asking, Circumstance};
use crate::bench::Under;
use crate::mcp::SESSION_ID;
use crate::rules::server::mutants::{OTHER_USER, at, presents};
use crate::rules::server::second::*;
use bytes::Bytes;
use http::Method;
use std::sync::{Mutex, PoisonError};

/// The streams that the mutant has seen which replays them all, by session.
static STREAMS: Mutex<Vec<(String, Bytes)>> = Mutex::new(Vec::new());

fn is_stream(response: &Response) -> bool {
    response.media_type().as_deref() == Some("text/event-stream")
}

fn session(request: &Request) -> String {
    let id = request.headers.get(SESSION_ID).and_then(|id| id.to_str().ok());
    id.unwrap_or_default().to_owned()
}

fn resumes_a_stream(request: &Request) -> bool {
    request.headers.contains_key("last-event-id")
}

/// The arguments with which the tool that demands input is called first.
fn first_arguments() -> Value {
    json!({ "about": "colours" })
}

/// A call that comes back with a requestState.
fn resumes(request: &Request) -> bool {
    calls(request, "ask") && message(request).pointer("/params/requestState").is_some()
}

fn by_another_user(request: &Request) -> bool {
    presents(request, &OTHER_USER)
}

/// Asks about a task that it names.
fn asks_about_a_task(request: &Request) -> bool {
    method(request).is_some_and(|method| method.starts_with("tasks/") && method != "tasks/list")
}

fn lists_tasks(request: &Request) -> bool {
    method(request).is_some_and(|method| method == "tasks/list")
}

pub(crate) const MUTANTS: &[Mutant] = &[
    second(
        "takes a state handle for a login",
        &["RS-ISO-05"],
        &[],
        &[Act::Accept(|request| calls(request, "use_handle") && is_anonymous(request))],
    ),
    second(
        "does not remember who got a state handle",
        &["RS-ISO-06"],
        &[],
        &[Act::Accept(|request| calls(request, "use_handle") && by_another_user(request))],
    ),
    second(
        "counts its state handles",
        &["RS-ISO-07"],
        &[],
        &[Act::Rename(
            |request, response| {
                let handle = response.json()?.pointer("/result/structuredContent/handle")?.as_str()?.to_owned();
                calls(request, "make_handle").then_some(handle)
            },
            |_, count| format!("handle-{count:030}"),
        )],
    ),
    second(
        "believes any requestState of its user",
        &["RS-ISO-08"],
        &[],
        &[Act::Answer(
            |request, response| {
                let asked = message(request).pointer("/params/arguments").cloned();
                let altered = response.json().is_some_and(|answer| answer.get("error").is_some());
                resumes(request) && altered && !by_another_user(request) && asked == Some(first_arguments())
            },
            Change::Json(200, r#"{"jsonrpc":"2.0","id":1,"result":{"content":[]}}"#),
        )],
    ),
    second(
        "redeems a requestState again",
        &["RS-ISO-22"],
        &[],
        &[Act::Repeat(|request| {
            let state = message(request).pointer("/params/requestState")?.as_str()?.to_owned();
            Some(state).filter(|_| calls(request, "redeem"))
        })],
    ),
    second(
        "gives the stream of a session to every user who resumes it",
        &["RS-ISO-03"],
        &[],
        &[Act::Accept(|request| resumes_a_stream(request) && by_another_user(request))],
    ),
    second(
        "replays the events of all streams",
        &["RS-ISO-20"],
        &[],
        &[
            Act::Answer(
                |request, response| request.method == Method::POST && is_stream(response),
                Change::Rewrite(|request, response| {
                    let mut streams = STREAMS.lock().unwrap_or_else(PoisonError::into_inner);
                    streams.push((session(request), response.body.clone()));
                }),
            ),
            Act::Answer(
                |request, response| resumes_a_stream(request) && is_stream(response),
                Change::Rewrite(|request, response| {
                    let streams = STREAMS.lock().unwrap_or_else(PoisonError::into_inner);
                    let of_session = streams.iter().filter(|(known, _)| *known == session(request));
                    response.body = of_session.flat_map(|(_, body)| body.to_vec()).collect();
                }),
            ),
        ],
    ),
    second(
        "takes a bad token for none where none is needed",
        &["RS-ISO-25"],
        &[],
        &[Act::Mishear(
            |request| {
                let bad = Circumstance::Offered(Asking::PublicWithBadToken);
                Under::of::<Circumstance>(request).is_some_and(|(_, circumstance)| *circumstance == bad)
            },
            Change::DropHeader("authorization"),
        )],
    ),
    second(
        "does not remember for whom it made a requestState",
        &["RS-ISO-09"],
        &[],
        &[Act::Accept(|request| resumes(request) && by_another_user(request))],
    ),
    second(
        "takes a requestState for every request",
        &["RS-ISO-09"],
        &[],
        &[Act::Mishear(resumes, Change::MapJson(|message| message["params"]["arguments"] = first_arguments()))],
    ),
    second(
        "does not remember who created a task",
        &["RS-ISO-10"],
        &[],
        &[
            Act::Accept(|request| asks_about_a_task(request) && by_another_user(request)),
            Act::Mishear(
                |request| asks_about_a_task(request) && by_another_user(request),
                Change::DropHeader("mcp-session-id"),
            ),
        ],
    ),
    at(
        |revision| revision == Revision::V2025_11_25,
        second(
            "lists the tasks of all users",
            &["RS-ISO-10"],
            &[],
            &[
                Act::Accept(|request| lists_tasks(request) && by_another_user(request)),
                Act::Mishear(
                    |request| lists_tasks(request) && by_another_user(request),
                    Change::DropHeader("mcp-session-id"),
                ),
            ],
        ),
    ),
];
