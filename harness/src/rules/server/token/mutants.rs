//! What an MCP server can do wrong with a token that reaches it, and with one that should not have passed.

use super::purpose::RightAfter;
use crate::rules::server::mutants::*;

/// A tool is called with a token other than the valid one.
fn calls_a_tool_with_another_token(request: &Request) -> bool {
    asked(request).is_some_and(tools_call) && request.presented.is_some() && !presents(request, &VALID)
}

/// Without credentials, a batch is sent with its message that takes a token at this place.
fn anonymous_batch(request: &Request, protected_first: bool) -> bool {
    anonymous(request, |operation| *operation == Operation::Batch { protected_first })
}

pub(crate) const MUTANTS: &[Mutant] = &[
    mutant(
        "refuses a valid token for tools/call",
        &["RS-TOKEN-01"],
        &["RS-HTTP-06", "RS-ISO-26", "RS-JWT-19", "RS-SCOPE-01", "RS-SCOPE-04", "RS-TOKEN-06"],
        &[Act::Answer(
            |request, response| {
                response.is_success() && asked(request).is_some_and(tools_call) && presents(request, &VALID)
            },
            Change::Json(401, r#"{"error":"invalid_token"}"#),
        )],
    ),
    mutant(
        "knows only the spelling Bearer",
        &["RS-TOKEN-02"],
        &[],
        &[Act::Answer(
            |request, _| {
                let value = request.headers.get(AUTHORIZATION).map(::http::HeaderValue::as_bytes).unwrap_or_default();
                !value.is_empty() && presents(request, &VALID) && !value.starts_with(b"Bearer ")
            },
            Change::Json(401, r#"{"error":"invalid_token"}"#),
        )],
    ),
    mutant(
        "splits the header field at single spaces",
        &["RS-TOKEN-02"],
        &[],
        &[Act::Answer(
            |request, _| {
                request.headers.get(AUTHORIZATION).is_some_and(|value| value.as_bytes().starts_with(b"Bearer  "))
            },
            Change::Json(401, r#"{"error":"invalid_token"}"#),
        )],
    ),
    mutant("takes a token from the query", &["RS-TOKEN-03"], &[], &[Act::Accept(in_query)]),
    mutant(
        "refuses a valid token beside a string in the query",
        &["RS-TOKEN-03"],
        &[],
        &[Act::Answer(
            |request, response| in_query(request) && response.is_success(),
            Change::Json(401, r#"{"error":"invalid_token"}"#),
        )],
    ),
    mutant(
        "remembers that the client was authorized before",
        &["RS-TOKEN-04"],
        &[],
        &[Act::Accept(|request| request.purpose.is(&RightAfter(Operation::ToolsList)))],
    ),
    mutant(
        "accepts any string as a token",
        &["RS-TOKEN-05"],
        &["RS-CHALLENGE-02"],
        &[Act::Accept(|request| presents(request, token!("32 random bytes")))],
    ),
    mutant(
        "accepts a token with a broken signature",
        &["RS-CHALLENGE-10", "RS-JWT-04", "RS-TOKEN-06"],
        &["RS-CHALLENGE-02", "RS-CHALLENGE-05", "RS-CHALLENGE-09", "RS-ISO-24"],
        &[Act::Accept(|request| presents(request, token!("a token with a broken signature")))],
    ),
    mutant(
        "runs the tool before it looks at the token",
        &["RS-TOKEN-06"],
        &[],
        &[
            Act::Accept(calls_a_tool_with_another_token),
            Act::Answer(
                |request, _| calls_a_tool_with_another_token(request),
                Change::Json(401, r#"{"error":"invalid_token"}"#),
            ),
        ],
    ),
    mutant(
        "repeats a refused token in its answer",
        &["RS-TOKEN-07"],
        &[],
        &[Act::Answer(refused_with_token, Change::RepeatToken)],
    ),
    accepts!("an ID token", &["RS-TOKEN-08", "RS-CHALLENGE-10"]),
    accepts!("a token that has expired", &["RS-CHALLENGE-10", "RS-JWT-14"]),
    accepts!("a token whose claims were changed after signing", &["RS-CHALLENGE-10", "RS-JWT-04"]),
    accepts!("a token signed by another key", &["RS-CHALLENGE-10", "RS-JWT-04"]),
    accepts!("an unsigned token with alg none", &["RS-CHALLENGE-10", "RS-JWT-01"]),
    accepts!("a token signed with HS256 and the public key", &["RS-CHALLENGE-10", "RS-JWT-02"]),
    accepts!("a stranger's token of 8 kB", &["RS-TOKEN-05"]),
    breaks!("a stranger's token of 64 kB", &["RS-TOKEN-05"]),
    accepts!("a stranger's token of 1 MB", &["RS-TOKEN-05"]),
    accepts!("a refresh token", &["RS-TOKEN-09"]),
    accepts!("an authorization code", &["RS-TOKEN-09"]),
    mutant(
        "lets a message that needs no token open a batch",
        &["RS-TOKEN-12"],
        &[],
        &[Act::Accept(|request| anonymous_batch(request, false))],
    ),
    mutant(
        "looks at the last message of a batch only",
        &["RS-TOKEN-12"],
        &[],
        &[Act::Accept(|request| anonymous_batch(request, true))],
    ),
];
