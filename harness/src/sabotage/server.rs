//! What an MCP server can do wrong.

use super::{Act, Change, Mutant};
use crate::catalogue::{Revision, Role};
use crate::wire::{Request, Response};
use http::header::AUTHORIZATION;
use serde_json::{Value, json};

const fn mutant(
    name: &'static str,
    kills: &'static [&'static str],
    also: &'static [&'static str],
    acts: &'static [Act],
) -> Mutant {
    Mutant { name, role: Role::Server, kills, also, revisions: always, acts }
}

const fn at(revisions: fn(Revision) -> bool, mutant: Mutant) -> Mutant {
    Mutant { revisions, ..mutant }
}

fn always(_: Revision) -> bool {
    true
}

fn with_handshake(revision: Revision) -> bool {
    !revision.is_stateless()
}

fn with_audience(revision: Revision) -> bool {
    revision >= Revision::V2025_06_18
}

fn without_handshake(revision: Revision) -> bool {
    revision.is_stateless()
}

fn presented(request: &Request) -> &str {
    request.presented.as_ref().map_or("", |presented| presented.name.as_str())
}

fn in_query(request: &Request) -> bool {
    request.url.contains("access_token=")
}

fn at_endpoint(request: &Request) -> bool {
    !request.path().contains("/.well-known/")
}

/// A request to the MCP endpoint without credentials, for the operation that the label begins with.
fn anonymous(request: &Request, operation: &str) -> bool {
    at_endpoint(request) && request.presented.is_none() && request.label.starts_with(operation)
}

fn refused(request: &Request, response: &Response) -> bool {
    at_endpoint(request) && response.status == 401
}

fn refused_without_token(request: &Request, response: &Response) -> bool {
    refused(request, response) && request.presented.is_none()
}

fn refused_with_token(request: &Request, response: &Response) -> bool {
    refused(request, response) && request.presented.is_some() && !in_query(request)
}

fn metadata(request: &Request, response: &Response) -> bool {
    request.path().contains("/.well-known/oauth-protected-resource") && response.status == 200
}

fn metadata_by_challenge(request: &Request, response: &Response) -> bool {
    metadata(request, response) && request.label.ends_with("the URL in the challenge")
}

fn metadata_at_well_known(request: &Request, response: &Response) -> bool {
    metadata(request, response) && request.label.ends_with("well-known URI")
}

fn set(document: &mut Value, member: &str, value: Value) {
    if let Some(members) = document.as_object_mut() {
        members.insert(member.to_owned(), value);
    }
}

fn remove(document: &mut Value, member: &str) {
    if let Some(members) = document.as_object_mut() {
        members.remove(member);
    }
}

fn append_to_resource(document: &mut Value, text: &str) {
    let resource = document.get("resource").and_then(Value::as_str).unwrap_or_default();
    let longer = format!("{resource}{text}");
    set(document, "resource", longer.into());
}

fn without_param(field: &str, name: &str) -> String {
    let (scheme, params) = field.split_once(' ').unwrap_or((field, ""));
    let kept: Vec<_> = params.split(", ").filter(|param| !param.starts_with(&format!("{name}="))).collect();
    format!("{scheme} {}", kept.join(", "))
}

macro_rules! accepts {
    ($what:literal, $kills:expr) => {
        mutant(
            concat!("accepts ", $what),
            $kills,
            &["RS-CHALLENGE-09", "RS-TOKEN-06"],
            &[Act::Accept(|request| presented(request) == $what && !in_query(request))],
        )
    };
}

/// The same for tokens that are wrong only since tokens have an audience.
macro_rules! accepts_audience {
    ($what:literal, $kills:expr) => {
        at(with_audience, accepts!($what, $kills))
    };
}

pub(super) const MUTANTS: &[Mutant] = &[
    // no credentials
    mutant(
        "serves tools/call without a token",
        &["RS-CHALLENGE-01"],
        &[],
        &[Act::Accept(|request| anonymous(request, "tools/call"))],
    ),
    at(
        with_handshake,
        mutant(
            "serves initialize without a token",
            &["RS-CHALLENGE-01"],
            &[],
            &[Act::Accept(|request| anonymous(request, "initialize"))],
        ),
    ),
    at(
        without_handshake,
        mutant(
            "serves server/discover without a token",
            &["RS-CHALLENGE-01"],
            &[],
            &[Act::Accept(|request| anonymous(request, "server/discover"))],
        ),
    ),
    mutant(
        "answers tools/call without a token by a redirect to a login page",
        &["RS-CHALLENGE-01"],
        &[],
        &[Act::Answer(
            |request, response| refused(request, response) && anonymous(request, "tools/call"),
            Change::Status(302),
        )],
    ),
    mutant(
        "answers tools/call without a token with 200 and a JSON-RPC error",
        &["RS-CHALLENGE-01"],
        &[],
        &[Act::Answer(
            |request, response| refused(request, response) && anonymous(request, "tools/call"),
            Change::Json(200, r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"log in"}}"#),
        )],
    ),
    // the challenge
    mutant(
        "sends no WWW-Authenticate",
        &["RS-CHALLENGE-02", "RS-CHALLENGE-03", "RS-CHALLENGE-05", "RS-CHALLENGE-09"],
        &["RS-CHALLENGE-04", "RS-CHALLENGE-07", "RS-PRM-06"],
        &[Act::Answer(refused, Change::DropHeader("www-authenticate"))],
    ),
    mutant(
        "sends a bare Bearer",
        &["RS-CHALLENGE-03", "RS-CHALLENGE-05", "RS-CHALLENGE-09"],
        &["RS-CHALLENGE-07", "RS-PRM-06"],
        &[Act::Answer(refused, Change::SetHeader("www-authenticate", "Bearer"))],
    ),
    mutant(
        "offers Basic instead of Bearer",
        &["RS-CHALLENGE-03", "RS-CHALLENGE-05", "RS-CHALLENGE-09"],
        &["RS-CHALLENGE-07", "RS-PRM-06"],
        &[Act::Answer(refused, Change::SetHeader("www-authenticate", "Basic realm=\"mcp\""))],
    ),
    mutant(
        "repeats a parameter in the challenge",
        &["RS-CHALLENGE-04"],
        &[],
        &[Act::Answer(refused, Change::MapHeader("www-authenticate", |field| format!("{field}, scope=\"openid\"")))],
    ),
    mutant(
        "ends the challenge with a comma",
        &["RS-CHALLENGE-04"],
        &["RS-CHALLENGE-03", "RS-CHALLENGE-05", "RS-CHALLENGE-07", "RS-CHALLENGE-09", "RS-PRM-06"],
        &[Act::Answer(refused, Change::MapHeader("www-authenticate", |field| format!("{field},")))],
    ),
    mutant(
        "puts an exception text with a quote into error_description",
        &["RS-CHALLENGE-04"],
        &[],
        &[Act::Answer(
            refused_with_token,
            Change::MapHeader("www-authenticate", |field| {
                format!("{}, error_description=\"no key \\\"k1\\\"\"", without_param(field, "error_description"))
            }),
        )],
    ),
    mutant(
        "does not name its metadata in the challenge",
        &["RS-CHALLENGE-05"],
        &["RS-CHALLENGE-07", "RS-PRM-06"],
        &[Act::Answer(
            refused,
            Change::MapHeader("www-authenticate", |field| without_param(field, "resource_metadata")),
        )],
    ),
    mutant(
        "names a metadata URL where there is none",
        &["RS-CHALLENGE-07"],
        &["RS-PRM-06"],
        &[Act::Answer(
            |request, response| metadata_by_challenge(request, response),
            Change::Json(404, r#"{"error":"not found"}"#),
        )],
    ),
    mutant(
        "says invalid_token to a request without one",
        &["RS-CHALLENGE-08"],
        &[],
        &[Act::Answer(
            refused_without_token,
            Change::MapHeader("www-authenticate", |field| format!("{field}, error=\"invalid_token\"")),
        )],
    ),
    mutant(
        "refuses a token without saying invalid_token",
        &["RS-CHALLENGE-09"],
        &[],
        &[Act::Answer(
            refused_with_token,
            Change::MapHeader("www-authenticate", |field| without_param(field, "error")),
        )],
    ),
    at(
        with_audience,
        mutant(
            "answers a token for another host with 403",
            &["RS-CHALLENGE-10"],
            &["RS-CHALLENGE-09"],
            &[Act::Answer(
                |request, response| refused(request, response) && presented(request) == "a token for another host",
                Change::Status(403),
            )],
        ),
    ),
    mutant(
        "answers an unreadable token with 500",
        &["RS-TOKEN-05"],
        &[],
        &[Act::Answer(|request, _| presented(request) == "three dots", Change::Status(500))],
    ),
    mutant(
        "answers an expired token with 400",
        &["RS-CHALLENGE-10"],
        &["RS-CHALLENGE-09"],
        &[Act::Answer(
            |request, response| refused(request, response) && presented(request) == "a token that has expired",
            Change::Status(400),
        )],
    ),
    // the metadata
    mutant(
        "publishes no metadata",
        &["RS-PRM-01", "RS-PRM-07", "RS-CHALLENGE-06", "RS-CHALLENGE-07"],
        &["RS-PRM-02", "RS-PRM-03", "RS-PRM-04", "RS-PRM-05", "RS-PRM-06", "RS-PRM-08"],
        &[Act::Answer(metadata, Change::Json(404, r#"{"error":"not found"}"#))],
    ),
    mutant(
        "protects its metadata with a token",
        &["RS-PRM-01", "RS-PRM-07", "RS-CHALLENGE-06", "RS-CHALLENGE-07"],
        &["RS-PRM-02", "RS-PRM-03", "RS-PRM-04", "RS-PRM-05", "RS-PRM-06", "RS-PRM-08"],
        &[Act::Answer(metadata, Change::Status(401))],
    ),
    mutant(
        "serves its metadata as text",
        &["RS-PRM-02"],
        &[],
        &[Act::Answer(metadata, Change::SetHeader("content-type", "text/plain; charset=utf-8"))],
    ),
    mutant(
        "serves its start page where metadata should be",
        &["RS-PRM-01", "RS-PRM-02", "RS-PRM-07", "RS-CHALLENGE-06", "RS-CHALLENGE-07"],
        &["RS-PRM-03", "RS-PRM-04", "RS-PRM-05", "RS-PRM-06", "RS-PRM-08"],
        &[
            Act::Answer(metadata, Change::SetHeader("content-type", "text/html")),
            Act::Answer(metadata, Change::Body("<!doctype html><title>Welcome</title>")),
        ],
    ),
    mutant(
        "names no authorization server",
        &["RS-PRM-03"],
        &[],
        &[Act::Answer(metadata, Change::MapJson(|document| remove(document, "authorization_servers")))],
    ),
    mutant(
        "names its authorization server as a single string",
        &["RS-PRM-03"],
        &[],
        &[Act::Answer(
            metadata,
            Change::MapJson(|document| set(document, "authorization_servers", "https://issuer.example".into())),
        )],
    ),
    mutant(
        "names an empty list of authorization servers",
        &["RS-PRM-03"],
        &[],
        &[Act::Answer(metadata, Change::MapJson(|document| set(document, "authorization_servers", json!([]))))],
    ),
    mutant(
        "leaves out resource",
        &["RS-PRM-04"],
        &[],
        &[Act::Answer(metadata, Change::MapJson(|document| remove(document, "resource")))],
    ),
    mutant(
        "publishes a resource with a fragment",
        &["RS-PRM-04", "RS-PRM-05", "RS-PRM-06"],
        &[],
        &[Act::Answer(metadata, Change::MapJson(|document| append_to_resource(document, "#mcp")))],
    ),
    mutant(
        "publishes another resource at its well-known URI",
        &["RS-PRM-05"],
        &[],
        &[Act::Answer(metadata_at_well_known, Change::MapJson(|document| append_to_resource(document, "/")))],
    ),
    mutant(
        "publishes its origin as resource behind the challenge",
        &["RS-PRM-06"],
        &[],
        &[Act::Answer(
            metadata_by_challenge,
            Change::MapJson(|document| {
                let resource = document.get("resource").and_then(Value::as_str).unwrap_or_default().to_owned();
                let origin = resource.trim_end_matches("/mcp").to_owned();
                set(document, "resource", origin.into());
            }),
        )],
    ),
    mutant(
        "serves its metadata only where the challenge points",
        &["RS-PRM-07"],
        &["RS-PRM-05"],
        &[Act::Answer(metadata_at_well_known, Change::Json(404, r#"{"error":"not found"}"#))],
    ),
    mutant(
        "publishes a resource with a query",
        &["RS-PRM-08", "RS-PRM-05", "RS-PRM-06"],
        &[],
        &[Act::Answer(metadata, Change::MapJson(|document| append_to_resource(document, "?v=1")))],
    ),
    // how a token is sent
    mutant(
        "refuses a valid token for tools/call",
        &["RS-TOKEN-01"],
        &["RS-TOKEN-06"],
        &[Act::Answer(
            |request, response| {
                response.is_success()
                    && request.label.starts_with("tools/call")
                    && presented(request) == "a valid token"
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
                let value = request.headers.get(AUTHORIZATION).map(http::HeaderValue::as_bytes).unwrap_or_default();
                !value.is_empty() && presented(request) == "a valid token" && !value.starts_with(b"Bearer ")
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
        &[Act::Accept(|request| request.label == "tools/list without a token, right after one with it")],
    ),
    mutant(
        "accepts any string as a token",
        &["RS-TOKEN-05"],
        &["RS-CHALLENGE-02"],
        &[Act::Accept(|request| presented(request) == "32 random bytes")],
    ),
    mutant(
        "accepts a token with a broken signature",
        &["RS-CHALLENGE-10", "RS-TOKEN-06"],
        &["RS-CHALLENGE-02", "RS-CHALLENGE-09"],
        &[Act::Accept(|request| presented(request) == "a token with a broken signature")],
    ),
    mutant(
        "runs the tool before it looks at the token",
        &["RS-TOKEN-06"],
        &[],
        &[
            Act::Accept(|request| {
                request.label.starts_with("tools/call")
                    && presented(request) != "a valid token"
                    && request.presented.is_some()
            }),
            Act::Answer(
                |request, _| {
                    request.label.starts_with("tools/call")
                        && presented(request) != "a valid token"
                        && request.presented.is_some()
                },
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
    accepts!("a token that has expired", &["RS-CHALLENGE-10"]),
    accepts!("a token whose claims were changed after signing", &["RS-CHALLENGE-10"]),
    accepts!("a token signed by another key", &["RS-CHALLENGE-10"]),
    accepts!("an unsigned token with alg none", &["RS-CHALLENGE-10"]),
    accepts!("a token signed with HS256 and the public key", &["RS-CHALLENGE-10"]),
    // audience
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
            |request, _| presented(request) == "a token whose audience is an array of one",
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
    mutant(
        "takes its own name from the request",
        &["RS-AUD-05"],
        &[],
        &[
            Act::Accept(|request| presented(request) == "a token for evil.example"),
            Act::Mishear(|request| presented(request) == "a token for evil.example", Change::DropHeader("host")),
        ],
    ),
];
