//! What an MCP server can do wrong with HTTP in front of MCP.

use crate::rules::server::mutants::*;

macro_rules! serves_origin {
    ($what:literal, $also:expr) => {
        mutant(
            concat!("serves web pages of ", $what),
            &["RS-HTTP-01"],
            $also,
            &[Act::Mishear(
                |request| request.label() == concat!("tools/list from ", $what),
                Change::DropHeader("origin"),
            )],
        )
    };
}

macro_rules! answers_credentials {
    ($what:literal, $status:literal) => {
        mutant(
            concat!("answers ", $what, " with ", stringify!($status)),
            &["RS-CHALLENGE-14"],
            &[],
            &[Act::Answer(|request, _| request.label() == concat!("credentials: ", $what), Change::Status($status))],
        )
    };
}

/// The mismatch is not noticed: the answer is that of a request without one.
macro_rules! trusts_header {
    ($name:literal, $label:literal) => {
        at(
            without_handshake,
            mutant(
                $name,
                &["RS-HTTP-06"],
                &[],
                &[Act::Answer(
                    |request, _| request.label() == $label,
                    Change::Json(200, r#"{"jsonrpc":"2.0","id":1,"result":{"content":[]}}"#),
                )],
            ),
        )
    };
}

pub(crate) const MUTANTS: &[Mutant] = &[
    serves_origin!("http://evil.example", &["RS-HTTP-02"]),
    serves_origin!("null", &["RS-HTTP-02"]),
    serves_origin!("a host that begins alike", &["RS-HTTP-02"]),
    serves_origin!("another port", &[]),
    serves_origin!("the other scheme", &[]),
    mutant(
        "answers a foreign origin with 400",
        &["RS-HTTP-02"],
        &[],
        &[Act::Answer(|request, _| request.label() == "tools/list from http://evil.example", Change::Status(400))],
    ),
    mutant(
        "refuses every web page",
        &["RS-HTTP-03"],
        &[],
        &[Act::Answer(
            |request, _| request.label().starts_with("tools/list from the allowed origin"),
            Change::Json(403, r#"{"error":"forbidden"}"#),
        )],
    ),
    mutant(
        "serves requests for whatever host",
        &["RS-HTTP-04"],
        &[],
        &[Act::Mishear(
            |request| request.label() == "tools/list for the host evil.example",
            Change::DropHeader("host"),
        )],
    ),
    mutant(
        "listens on every network",
        &["RS-HTTP-05"],
        &[],
        &[Act::Answer(
            |request, _| request.label().starts_with("the sockets that listen"),
            Change::MapJson(|document| set(document, "listening", json!(["127.0.0.1", "0.0.0.0"]))),
        )],
    ),
    trusts_header!(
        "decides by the header and acts by the content",
        "the harmless tool in the header and the scoped tool in the body, with only the base scopes"
    ),
    trusts_header!(
        "does not read Base64 in the header",
        "the harmless tool in Base64 in the header and the scoped tool in the body, with only the base scopes"
    ),
    trusts_header!(
        "does not compare header and content for a harmless tool",
        "the scoped tool in the header and the harmless tool in the body, with only the base scopes"
    ),
    trusts_header!("does not read the tool in the header", "another tool in the header than in the body"),
    trusts_header!(
        "does not compare header and content when the scope suffices",
        "the harmless tool in the header and the scoped tool in the body, with all its scopes"
    ),
    mutant(
        "serves tools/list without a token",
        &["RS-CHALLENGE-01", "RS-HTTP-07"],
        &[
            "RS-CHALLENGE-02",
            "RS-CHALLENGE-03",
            "RS-CHALLENGE-04",
            "RS-CHALLENGE-05",
            "RS-CHALLENGE-06",
            "RS-CHALLENGE-07",
            "RS-CHALLENGE-08",
            "RS-CHALLENGE-11",
            "RS-CHALLENGE-13",
            "RS-CHALLENGE-18",
            "RS-PRM-06",
            "RS-TOKEN-01",
            "RS-TOKEN-04",
        ],
        &[Act::Accept(|request| request.label() == "tools/list without a token")],
    ),
    answers_credentials!("Bearer and nothing else", 401),
    answers_credentials!("Bearer and two words", 401),
    answers_credentials!("characters that no token has", 500),
    answers_credentials!("a token of 64 KiB", 500),
    mutant(
        "takes the first of two Authorization fields",
        &["RS-CHALLENGE-14"],
        &[],
        &[Act::Accept(|request| request.label() == "credentials: two Authorization fields")],
    ),
];
