//! What an MCP server can do wrong with the audience of a token.

use crate::rules::server::mutants::*;

pub(crate) const MUTANTS: &[Mutant] = &[
    accepts_audience!("a token for another host", &["RS-AUD-01"]),
    accepts!("a token for another path on the same origin", &["RS-AUD-01", "RS-AUD-09"], "RS-AUD-08", "RS-AUD-10"),
    accepts_audience!("a token for another port", &["RS-AUD-01"]),
    accepts_audience!("a token for the issuer itself", &["RS-AUD-01"]),
    accepts_audience!("a token for the client that asked for it", &["RS-AUD-01"]),
    accepts_audience!("a token for an upstream API", &["RS-AUD-01"]),
    accepts!("a token for two other resources", &["RS-AUD-01", "RS-AUD-09"]),
    accepts_audience!("a token whose audience is account", &["RS-AUD-01"]),
    accepts_audience!("a token for another host whose resource claim names this server", &["RS-AUD-12"]),
    accepts_audience!("a token for another host whose client_id names this server", &["RS-AUD-01"]),
    accepts_audience!("a token for another host whose azp names this server", &["RS-AUD-01"]),
    accepts_audience!("a token without an audience", &["RS-AUD-02"]),
    accepts_audience!("a token whose audience is null", &["RS-AUD-02"]),
    accepts_audience!("a token whose audience is a number", &["RS-AUD-02"]),
    accepts_audience!("a token whose audience is an object", &["RS-AUD-02"]),
    accepts_audience!("a token whose audience is an empty array", &["RS-AUD-02"]),
    accepts_audience!("a token whose audience is an empty string", &["RS-AUD-02"]),
    accepts_audience!("a token without an audience whose resource claim names this server", &["RS-AUD-12"]),
    accepts_audience!("a token without an audience whose client_id names this server", &["RS-AUD-02"]),
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
    accepts_audience!("a token for the resource with a query", &["RS-AUD-04"]),
    accepts_audience!("a token for the parent path", &["RS-AUD-08"]),
    accepts_audience!("a token for the bare origin", &["RS-AUD-08"]),
    accepts_audience!("a token for the same resource with its path in upper case", &["RS-AUD-10"]),
    accepts_audience!("a token for the other scheme", &["RS-AUD-04"]),
    accepts_audience!("a token for a host that begins alike", &["RS-AUD-04"]),
    accepts_audience!("a token with the host as user name of another", &["RS-AUD-04"]),
    accepts_audience!("a token with the origin as user name of another", &["RS-AUD-04"]),
    accepts_audience!("a token with the resource in the query of another", &["RS-AUD-04"]),
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
    mutant(
        "takes its own name from the request, and its scheme from the connection",
        &["RS-AUD-11"],
        &[],
        &[
            Act::Accept(in_the_name_of_evil_example_over_http),
            Act::Mishear(in_the_name_of_evil_example_over_http, Change::DropHeader("host")),
        ],
    ),
];

/// A token for evil.example in a request that names this host too.
fn in_the_name_of_evil_example(request: &Request) -> bool {
    presents(request, token!("a token for evil.example")) && names_a_host(request)
}

fn in_the_name_of_evil_example_over_http(request: &Request) -> bool {
    presents(request, token!("a token for evil.example over http")) && names_a_host(request)
}

fn names_a_host(request: &Request) -> bool {
    ["host", "x-forwarded-host", "forwarded"].iter().any(|field| request.headers.contains_key(*field))
}
