//! What an MCP server can do wrong with the audience of a token.

use crate::rules::server::mutants::*;

pub(crate) const MUTANTS: &[Mutant] = &[
    accepts_audience!("a token for another host", &["RS-AUD-01", "RS-CHALLENGE-10"]),
    accepts_audience!("a token for another path on the same origin", &["RS-AUD-01"]),
    accepts_audience!("a token for another port", &["RS-AUD-01"]),
    accepts_audience!("a token for the issuer itself", &["RS-AUD-01"]),
    accepts_audience!("a token for the client that asked for it", &["RS-AUD-01"]),
    accepts_audience!("a token for an upstream API", &["RS-AUD-01"]),
    accepts_audience!("a token without an audience", &["RS-AUD-02", "RS-CHALLENGE-10"]),
    accepts_audience!("a token whose audience is null", &["RS-AUD-02"]),
    accepts_audience!("a token whose audience is a number", &["RS-AUD-02"]),
    accepts_audience!("a token whose audience is an object", &["RS-AUD-02"]),
    accepts_audience!("a token whose audience is an empty array", &["RS-AUD-02"]),
    accepts_audience!("a token whose audience is an empty string", &["RS-AUD-02"]),
    mutant(
        "does not understand an audience in an array",
        &["RS-AUD-03"],
        &[],
        &[Act::Answer(
            |request, _| presents(request, token!("a token whose audience is an array of one")),
            Change::Json(401, r#"{"error":"invalid_token"}"#),
        )],
    ),
    accepts_audience!("a token for a longer name", &["RS-AUD-04"]),
    accepts_audience!("a token for a path below", &["RS-AUD-04"]),
    accepts_audience!("a token for the parent path", &["RS-AUD-04"]),
    accepts_audience!("a token for the bare origin", &["RS-AUD-04"]),
    accepts_audience!("a token for the other scheme", &["RS-AUD-04"]),
    accepts_audience!("a token for a host that begins alike", &["RS-AUD-04"]),
    accepts_audience!("a token with the host as user name of another", &["RS-AUD-04"]),
    accepts_audience!("a token with several names in one string", &["RS-AUD-04"]),
    at(
        with_audience,
        mutant(
            "compares the letters of its host",
            &["RS-AUD-06"],
            &[],
            &[Act::Answer(
                |request, _| presents(request, token!("a token for the same resource with its host in upper case")),
                Change::Json(401, r#"{"error":"invalid_token"}"#),
            )],
        ),
    ),
    at(
        with_audience,
        mutant(
            "does not accept the name that it publishes",
            &["RS-AUD-07"],
            &[],
            &[Act::Answer(
                |request, _| presents(request, token!("a token for the published resource")),
                Change::Json(401, r#"{"error":"invalid_token"}"#),
            )],
        ),
    ),
    mutant(
        "takes its own name from the request",
        &["RS-AUD-05"],
        &[],
        &[
            Act::Accept(in_the_name_of_evil_example),
            Act::Mishear(in_the_name_of_evil_example, Change::DropHeader("host")),
        ],
    ),
];

/// A token for evil.example in a request that names this host too.
fn in_the_name_of_evil_example(request: &Request) -> bool {
    let named = ["host", "x-forwarded-host"].iter().any(|field| request.headers.contains_key(*field));
    presents(request, token!("a token for evil.example")) && named
}
