//! What an MCP server can do wrong with a token that reaches it, and with one that should not have passed.

use super::purpose::RightAfter;
use crate::rules::server::mutants::*;

/// A tool is called with a token other than the valid one.
fn calls_a_tool_with_another_token(request: &Request) -> bool {
    asked(request).is_some_and(tools_call) && request.presented.is_some() && !presents(request, &VALID)
}

/// The tool that leaves something behind is called without credentials.
fn calls_for_an_effect_without_token(request: &Request) -> bool {
    anonymous(request, |operation| matches!(operation, Operation::ToolsCall(call) if call.name == "add_note"))
}

/// What stands in the Authorization header field.
fn credentials(request: &Request) -> Option<&[u8]> {
    request.headers.get(AUTHORIZATION).map(::http::HeaderValue::as_bytes)
}

/// A server that finds a token where it has no business to look.
macro_rules! elsewhere {
    ($place:literal, $when:expr) => {
        mutant(concat!("takes a token from ", $place), &["RS-TOKEN-16"], &[], &[Act::Accept($when)])
    };
}

/// Without credentials, a batch is sent with its message that takes a token at this place.
fn anonymous_batch(request: &Request, protected_first: bool) -> bool {
    anonymous(request, |operation| *operation == Operation::Batch { protected_first })
}

pub(crate) const MUTANTS: &[Mutant] = &[
    mutant(
        "refuses a valid token for tools/call",
        &["RS-TOKEN-01"],
        &["RS-HTTP-06", "RS-HTTP-08", "RS-HTTP-12", "RS-JWT-19", "RS-SCOPE-01", "RS-SCOPE-04", "RS-TOKEN-06"],
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
        &["RS-TOKEN-14"],
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
        "takes a token from a query parameter that is named token",
        &["RS-TOKEN-03"],
        &[],
        &[Act::Accept(|request| !request.query("token").is_empty())],
    ),
    elsewhere!("a cookie", |request| request.cookie("access_token").is_some()),
    elsewhere!("a field for keys of APIs", |request| request.headers.contains_key("x-api-key")),
    elsewhere!("the fields for proxies", |request| request.headers.contains_key("proxy-authorization")),
    elsewhere!("the JSON content", |request| {
        serde_json::from_slice::<Value>(&request.body).is_ok_and(|message| message.get("access_token").is_some())
    }),
    elsewhere!("a header field without a scheme", |request| {
        request.presented.is_some() && credentials(request).is_some_and(|value| !value.contains(&b' '))
    }),
    elsewhere!("the password of Basic", |request| {
        // One that is long enough to be a token.
        credentials(request).is_some_and(|value| value.starts_with(b"Basic ") && value.len() > 40)
    }),
    mutant(
        "takes an empty text for a token that it need not check",
        &["RS-TOKEN-13"],
        &["RS-CHALLENGE-14"],
        &[Act::Accept(|request| credentials(request).is_some_and(|value| value == b"Bearer"))],
    ),
    mutant(
        "reads the last of two words as a token, and checks the first",
        &["RS-TOKEN-13"],
        &["RS-CHALLENGE-14"],
        &[Act::Accept(|request| credentials(request).is_some_and(|value| value == b"Bearer a b"))],
    ),
    mutant(
        "refuses a valid token beside a string in the query",
        &["RS-TOKEN-15"],
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
        &["RS-JWT-04"],
        &["RS-CHALLENGE-02", "RS-CHALLENGE-05", "RS-CHALLENGE-09", "RS-ISO-24", "RS-JWT-20"],
        &[Act::Accept(|request| presents(request, token!("a token with a broken signature")))],
    ),
    mutant(
        "shows the result behind the refusal of a token with a broken signature",
        &["RS-JWT-04"],
        &["RS-CHALLENGE-02", "RS-CHALLENGE-05", "RS-CHALLENGE-09", "RS-ISO-24", "RS-JWT-20"],
        &[
            Act::Accept(|request| presents(request, token!("a token with a broken signature"))),
            Act::Answer(|request, _| presents(request, token!("a token with a broken signature")), Change::Status(401)),
        ],
    ),
    mutant(
        "runs the tool although the client presents no token",
        &["RS-TOKEN-06"],
        &[],
        &[
            Act::Accept(calls_for_an_effect_without_token),
            Act::Answer(
                |request, _| calls_for_an_effect_without_token(request),
                Change::Json(401, r#"{"error":"invalid_token"}"#),
            ),
        ],
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
    accepts!("an ID token", &["RS-TOKEN-08"]),
    accepts!("an ID token for this resource", &["RS-TOKEN-17"]),
    accepts!("a token that has expired", &["RS-JWT-14"], "RS-JWT-15", "RS-JWT-25"),
    accepts!("a token whose claims were changed after signing", &["RS-JWT-04"]),
    accepts!("a token signed by another key", &["RS-JWT-04"], "RS-JWT-03"),
    accepts!("an unsigned token with alg none", &["RS-JWT-01"]),
    accepts!("a token signed with HS256 and the public key", &["RS-JWT-02"]),
    accepts!("a stranger's token of 8 kB", &["RS-TOKEN-05"]),
    breaks!("a stranger's token of 64 kB", &["RS-TOKEN-05"]),
    mutant(
        "forbids a string that is no token",
        &["RS-TOKEN-05"],
        &[],
        &[Act::Answer(|request, _| presents(request, token!("a JSON text")), Change::Json(403, "{}"))],
    ),
    mutant(
        "answers a string that is no token with 200 and a JSON-RPC error",
        &["RS-TOKEN-05"],
        &[],
        &[Act::Answer(
            |request, _| presents(request, token!("the word null")),
            Change::Json(200, r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"log in"}}"#),
        )],
    ),
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
