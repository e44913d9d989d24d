//! How a server with state handles, demands for input and tasks can mix up its users.

use crate::rules::server::mutants::{OTHER_USER, at, presents};
use crate::rules::server::second::*;

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
