//! How an MCP server can mix up its users.

use super::purpose::{Circumstance, Inbound, Place, WithoutToken};
use crate::bench::OneOfMany;
use crate::rules::server::mutants::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many sessions the counting mutant has opened.
static SESSIONS: AtomicUsize = AtomicUsize::new(0);

/// The revisions with sessions at which their ids must not be guessed.
fn with_unguessable_sessions(revision: Revision) -> bool {
    with_handshake(revision) && with_audience(revision)
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
        &[Act::Answer(|request, _| request.purpose.is(&WithoutToken(Inbound::Get)), Change::Status(200))],
    ),
    mutant(
        "looks at tokens of requests only, not of notifications and responses",
        &["RS-ISO-01"],
        &[],
        &[Act::Answer(|request, _| request.purpose.is(&WithoutToken(Inbound::Response)), Change::Status(202))],
    ),
    mutant(
        "still hosts the old event stream, without a check",
        &["RS-ISO-01"],
        &[],
        &[
            Act::Answer(|request, _| request.purpose.is(&WithoutToken(Inbound::OldStream)), Change::Status(200)),
            Act::Answer(
                |request, _| request.purpose.is(&WithoutToken(Inbound::OldStream)),
                Change::SetHeader("content-type", "text/event-stream"),
            ),
        ],
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
        &["RS-ISO-03"],
        &[],
        &[Act::Accept(|request| under(request, Circumstance::OthersSession, about_tools))],
    ),
    mutant(
        "lets everybody resume a stream",
        &["RS-ISO-03"],
        &[],
        &[Act::Accept(|request| {
            under(request, Circumstance::OthersSession, is_stream) && request.headers.contains_key("last-event-id")
        })],
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
    mutant(
        "has spaces in its session ids",
        &["RS-ISO-04"],
        &[],
        &[Act::Answer(
            |request, _| opens_one_of_many(request),
            Change::MapHeader("mcp-session-id", |id| format!("{id} {id}")),
        )],
    ),
    mutant(
        "remembers the user of a connection",
        &["RS-ISO-11"],
        &[],
        &[Act::Accept(|request| under(request, Circumstance::InTurn, |_| true) && presents(request, &OTHER_USER))],
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
