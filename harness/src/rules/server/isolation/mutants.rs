//! How an MCP server can mix up its users.

use super::purpose::{Asking, Circumstance, Inbound, Place, WithoutToken};
use crate::bench::OneOfMany;
use crate::mcp::SESSION_ID;
use crate::rules::server::mutants::*;
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many sessions the counting mutant has opened.
static SESSIONS: AtomicUsize = AtomicUsize::new(0);

/// The revisions with sessions at which their ids must not be guessed.
fn with_unguessable_sessions(revision: Revision) -> bool {
    with_handshake(revision) && with_audience(revision)
}

/// A stream that is opened.
const OPEN_STREAM: Change = Change::Rewrite(|_, response| {
    response.status = 200;
    response.body = "".into();
    response.headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
});

/// A message that is taken.
const TAKEN: Change = Change::Rewrite(|_, response| {
    response.status = 202;
    response.body = "".into();
});

/// Whether something that is offered was asked for so.
fn offered(request: &Request, asking: Asking) -> bool {
    under(request, Circumstance::Offered(asking), |_| true)
}

/// Whether such an operation was asked for under any circumstance.
fn under_any(request: &Request, operation: impl FnOnce(&Operation) -> bool) -> bool {
    Under::of::<Circumstance>(request).is_some_and(|(asked, _)| operation(asked))
}

/// A request of the other user between those of the first one.
fn in_turn_by_another(request: &Request) -> bool {
    under(request, Circumstance::InTurn, |_| true) && presents(request, &OTHER_USER)
}

/// Whether such an operation was asked for under this circumstance.
fn under(request: &Request, circumstance: Circumstance, operation: impl FnOnce(&Operation) -> bool) -> bool {
    Under::of::<Circumstance>(request).is_some_and(|(asked, found)| *found == circumstance && operation(asked))
}

/// Whether another user's values were supplied at this place.
fn supplied(request: &Request, place: Place) -> bool {
    under(request, Circumstance::OthersValues(place), |_| true)
}

/// Whether an operation lists tools or calls one.
fn about_tools(operation: &Operation) -> bool {
    *operation == Operation::ToolsList || tools_call(operation)
}

fn is_stream(operation: &Operation) -> bool {
    *operation == Operation::Stream
}

fn is_end_of_session(operation: &Operation) -> bool {
    *operation == Operation::EndSession
}

fn opens_one_of_many(request: &Request) -> bool {
    Under::of::<OneOfMany>(request).is_some_and(|(operation, _)| *operation == Operation::Initialize)
}

pub(crate) const MUTANTS: &[Mutant] = &[
    mutant(
        "looks at tokens of POST requests only",
        &["RS-ISO-01"],
        &[],
        &[Act::Answer(|request, _| request.purpose.is(&WithoutToken(Inbound::Get)), OPEN_STREAM)],
    ),
    mutant(
        "looks at tokens of requests only, not of notifications and responses",
        &["RS-ISO-01"],
        &[],
        &[Act::Answer(|request, _| request.purpose.is(&WithoutToken(Inbound::Response)), TAKEN)],
    ),
    mutant(
        "still hosts the old event stream, without a check",
        &["RS-ISO-01"],
        &[],
        &[Act::Answer(|request, _| request.purpose.is(&WithoutToken(Inbound::OldStream)), OPEN_STREAM)],
    ),
    mutant(
        "takes a session id for a login",
        &["RS-ISO-02"],
        &[],
        &[Act::Accept(|request| under(request, Circumstance::SessionAlone, about_tools))],
    ),
    mutant(
        "opens the stream of a session to everybody",
        &["RS-ISO-02"],
        &[],
        &[Act::Accept(|request| under(request, Circumstance::SessionAlone, is_stream))],
    ),
    mutant(
        "does not remember who opened a session",
        &["RS-ISO-16"],
        &[],
        &[Act::Accept(|request| under(request, Circumstance::OthersSession, about_tools))],
    ),
    mutant(
        "opens the stream of a session to every user",
        &["RS-ISO-16"],
        &[],
        &[Act::Accept(|request| under(request, Circumstance::OthersSession, is_stream))],
    ),
    mutant(
        "ends a session for another user",
        &["RS-ISO-03", "RS-ISO-16"],
        &[],
        &[Act::Accept(|request| under(request, Circumstance::OthersSession, is_end_of_session))],
    ),
    mutant(
        "acts as the user who opened the session",
        &["RS-ISO-15"],
        &[],
        &[Act::Accept(|request| under(request, Circumstance::ActingInOthersSession, |_| true))],
    ),
    mutant(
        "binds a session to the token that opened it",
        &["RS-ISO-17"],
        &[],
        &[Act::Answer(
            |request, _| under(request, Circumstance::WithSecondToken, |_| true),
            Change::Json(401, r#"{"error":"invalid_token"}"#),
        )],
    ),
    mutant(
        "opens a session under whatever id it is told",
        &["RS-ISO-18"],
        &[],
        &[Act::Answer(
            |request, _| under(request, Circumstance::UnderChosenId, |_| true),
            Change::Rewrite(|request, response| {
                response.status = 200;
                response.body = r#"{"jsonrpc":"2.0","id":1,"result":{"capabilities":{}}}"#.into();
                response.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                if let Some(id) = request.headers.get(SESSION_ID) {
                    response.headers.insert(SESSION_ID, id.clone());
                }
            }),
        )],
    ),
    mutant(
        "lists tasks for every requestor",
        &["RS-ISO-21"],
        &[],
        &[Act::Answer(
            |request, _| under(request, Circumstance::TasksOfOutsider, |_| true),
            Change::Json(200, r#"{"jsonrpc":"2.0","id":1,"result":{"tasks":[]}}"#),
        )],
    ),
    mutant(
        "guards the tools that it had first",
        &["RS-ISO-23"],
        &[],
        &[Act::Accept(|request| offered(request, Asking::WithoutToken) && under_any(request, tools_call))],
    ),
    mutant(
        "looks whether there is a token when a tool is called",
        &["RS-ISO-24"],
        &[],
        &[Act::Accept(|request| offered(request, Asking::WithBadToken) && under_any(request, tools_call))],
    ),
    mutant(
        "ends a session for another user, and refuses that user afterwards",
        &["RS-ISO-03"],
        &[],
        &[
            Act::Accept(|request| under(request, Circumstance::OthersSession, is_end_of_session)),
            Act::Answer(
                |request, _| under(request, Circumstance::OthersSession, is_end_of_session),
                Change::Json(404, r#"{"error":"not_found"}"#),
            ),
        ],
    ),
    at(
        with_unguessable_sessions,
        mutant(
            "counts its sessions",
            &["RS-ISO-04"],
            &[],
            &[Act::Answer(
                |request, _| opens_one_of_many(request),
                Change::MapHeader("mcp-session-id", |_| {
                    format!("session-{:032}", SESSIONS.fetch_add(1, Ordering::Relaxed))
                }),
            )],
        ),
    ),
    at(
        with_unguessable_sessions,
        mutant(
            "has session ids of eight digits",
            &["RS-ISO-04"],
            &[],
            &[Act::Answer(
                |request, _| opens_one_of_many(request),
                Change::MapHeader("mcp-session-id", |id| id.chars().take(8).collect()),
            )],
        ),
    ),
    at(
        |revision| revision == Revision::V2025_03_26,
        mutant(
            "has session ids of a few digits",
            &["RS-ISO-19"],
            &[],
            &[Act::Answer(
                |request, _| opens_one_of_many(request),
                Change::MapHeader("mcp-session-id", |id| id.chars().take(8).collect()),
            )],
        ),
    ),
    mutant(
        "has spaces in its session ids",
        &["RS-ISO-04"],
        &[],
        &[Act::Answer(
            |request, _| opens_one_of_many(request),
            Change::MapHeader("mcp-session-id", |id| format!("{id} {id}")),
        )],
    ),
    at(
        without_handshake,
        mutant("remembers the user of a connection", &["RS-ISO-11"], &[], &[Act::Accept(in_turn_by_another)]),
    ),
    at(
        with_handshake,
        mutant(
            "remembers the user of a connection, whatever the session",
            &["RS-ISO-11"],
            &[],
            &[Act::Answer(
                |request, _| in_turn_by_another(request),
                Change::Json(200, r#"{"jsonrpc":"2.0","id":0,"result":{"structuredContent":{"sub":"the first one"}}}"#),
            )],
        ),
    ),
    at(
        without_handshake,
        mutant(
            "believes what a client says of itself",
            &["RS-ISO-14"],
            &[],
            &[Act::Confuse(|request| supplied(request, Place::ClientInfo))],
        ),
    ),
    mutant(
        "believes a proxy's header fields of everybody",
        &["RS-ISO-12"],
        &[],
        &[Act::Answer(
            |request, _| supplied(request, Place::HeaderFields),
            Change::Json(200, r#"{"jsonrpc":"2.0","id":0,"result":{"structuredContent":{"sub":"somebody else"}}}"#),
        )],
    ),
    at(
        without_handshake,
        mutant(
            "believes a user id in the arguments",
            &["RS-ISO-12"],
            &[],
            &[Act::Confuse(|request| supplied(request, Place::Arguments))],
        ),
    ),
    at(
        without_handshake,
        mutant(
            "believes a user id in _meta",
            &["RS-ISO-12"],
            &[],
            &[Act::Confuse(|request| supplied(request, Place::Meta))],
        ),
    ),
];
