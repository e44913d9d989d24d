//! How an MCP server can mix up its users.

use crate::rules::server::mutants::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many sessions the counting mutant has opened.
static SESSIONS: AtomicUsize = AtomicUsize::new(0);

/// The revisions with sessions at which their ids must not be guessed.
fn with_unguessable_sessions(revision: Revision) -> bool {
    with_handshake(revision) && with_audience(revision)
}

fn words(request: &Request, begin: &str) -> bool {
    request.label().starts_with(begin)
}

pub(crate) const MUTANTS: &[Mutant] = &[
    mutant(
        "looks at tokens of POST requests only",
        &["RS-ISO-01"],
        &[],
        &[Act::Answer(|request, _| words(request, "a GET without a token"), Change::Status(200))],
    ),
    mutant(
        "looks at tokens of requests only, not of notifications and responses",
        &["RS-ISO-01"],
        &[],
        &[Act::Answer(|request, _| words(request, "a POST of a response"), Change::Status(202))],
    ),
    mutant(
        "still hosts the old event stream, without a check",
        &["RS-ISO-01"],
        &[],
        &[
            Act::Answer(|request, _| words(request, "a GET of the old event stream"), Change::Status(200)),
            Act::Answer(
                |request, _| words(request, "a GET of the old event stream"),
                Change::SetHeader("content-type", "text/event-stream"),
            ),
        ],
    ),
    mutant(
        "takes a session id for a login",
        &["RS-ISO-02"],
        &[],
        &[Act::Accept(|request| words(request, "in a session without a token: tools/"))],
    ),
    mutant(
        "opens the stream of a session to everybody",
        &["RS-ISO-02"],
        &[],
        &[Act::Accept(|request| words(request, "in a session without a token: the GET stream"))],
    ),
    mutant(
        "does not remember who opened a session",
        &["RS-ISO-03"],
        &[],
        &[Act::Accept(|request| words(request, "another user in it: tools/"))],
    ),
    mutant(
        "lets everybody resume a stream",
        &["RS-ISO-03"],
        &[],
        &[Act::Accept(|request| {
            words(request, "another user in it: the GET stream") && request.headers.contains_key("last-event-id")
        })],
    ),
    mutant(
        "ends a session for another user, and refuses that user afterwards",
        &["RS-ISO-03"],
        &[],
        &[
            Act::Accept(|request| words(request, "another user in it: the DELETE")),
            Act::Answer(
                |request, _| words(request, "another user in it: the DELETE"),
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
                |request, _| words(request, "one session of many: initialize"),
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
                |request, _| words(request, "one session of many: initialize"),
                Change::MapHeader("mcp-session-id", |id| id.chars().take(8).collect()),
            )],
        ),
    ),
    mutant(
        "has spaces in its session ids",
        &["RS-ISO-04"],
        &[],
        &[Act::Answer(
            |request, _| words(request, "one session of many: initialize"),
            Change::MapHeader("mcp-session-id", |id| format!("{id} {id}")),
        )],
    ),
    mutant(
        "remembers the user of a connection",
        &["RS-ISO-11"],
        &[],
        &[Act::Accept(|request| words(request, "in turn") && presents(request, &OTHER_USER))],
    ),
    mutant(
        "believes a proxy's header fields of everybody",
        &["RS-ISO-12"],
        &[],
        &[Act::Answer(
            |request, _| words(request, "with another user's values in header fields"),
            Change::Json(200, r#"{"jsonrpc":"2.0","id":0,"result":{"structuredContent":{"sub":"somebody else"}}}"#),
        )],
    ),
    at(
        without_handshake,
        mutant(
            "believes a user id in the arguments",
            &["RS-ISO-12"],
            &[],
            &[Act::Confuse(|request| words(request, "with another user's values in the arguments"))],
        ),
    ),
    at(
        without_handshake,
        mutant(
            "believes a user id in _meta",
            &["RS-ISO-12"],
            &[],
            &[Act::Confuse(|request| words(request, "with another user's values in _meta"))],
        ),
    ),
];
