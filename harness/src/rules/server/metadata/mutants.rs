//! What an MCP server can do wrong with its protected resource metadata.

use crate::bench::Looked;
use crate::protocol::metadata::Way;
use crate::rules::server::mutants::*;

/// What says something of the document, so that nothing is left to see without one.
const OF_THE_DOCUMENT: &[&str] = &[
    "RS-AUD-07",
    "RS-CHALLENGE-06",
    "RS-CHALLENGE-07",
    "RS-CHALLENGE-13",
    "RS-PRM-02",
    "RS-PRM-03",
    "RS-PRM-04",
    "RS-PRM-05",
    "RS-PRM-06",
    "RS-PRM-07",
    "RS-PRM-08",
    "RS-PRM-09",
    "RS-PRM-10",
    "RS-PRM-11",
    "RS-PRM-12",
    "RS-PRM-13",
    "RS-PRM-14",
    "RS-PRM-15",
    "RS-PRM-17",
    "RS-PRM-18",
    "RS-PRM-19",
];

pub(crate) const MUTANTS: &[Mutant] = &[
    mutant(
        "publishes no metadata",
        &["RS-PRM-01"],
        OF_THE_DOCUMENT,
        &[Act::Answer(metadata, Change::Json(404, r#"{"error":"not found"}"#))],
    ),
    mutant(
        "protects its metadata with a token",
        &["RS-PRM-01"],
        OF_THE_DOCUMENT,
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
        &["RS-PRM-01"],
        OF_THE_DOCUMENT,
        &[
            Act::Answer(metadata, Change::SetHeader("content-type", "text/html")),
            Act::Answer(metadata, Change::Body("<!doctype html><title>Welcome</title>")),
        ],
    ),
    mutant(
        "serves its metadata behind the path of its endpoint",
        &["RS-CHALLENGE-06"],
        OF_THE_DOCUMENT,
        &[
            Act::Answer(metadata, Change::Json(404, r#"{"error":"not found"}"#)),
            Act::Answer(
                |request, _| request.purpose.is(&Looked::ForMetadata(Way::Below)),
                Change::Json(200, r#"{"resource":"{origin}/mcp","authorization_servers":["https://issuer.example"]}"#),
            ),
        ],
    ),
    mutant(
        "names no authorization server",
        &["RS-PRM-03"],
        &["RS-PRM-11", "RS-PRM-12", "RS-PRM-17", "RS-PRM-18"],
        &[Act::Answer(metadata, Change::MapJson(|document| remove(document, "authorization_servers")))],
    ),
    mutant(
        "names its authorization server as a single string",
        &["RS-PRM-03"],
        &["RS-PRM-11", "RS-PRM-12", "RS-PRM-17", "RS-PRM-18"],
        &[Act::Answer(
            metadata,
            Change::MapJson(|document| set(document, "authorization_servers", "https://issuer.example".into())),
        )],
    ),
    mutant(
        "names an empty list of authorization servers",
        &["RS-PRM-03", "RS-PRM-10"],
        &["RS-PRM-11", "RS-PRM-12", "RS-PRM-17", "RS-PRM-18"],
        &[Act::Answer(metadata, Change::MapJson(|document| set(document, "authorization_servers", json!([]))))],
    ),
    mutant(
        "leaves out resource",
        &["RS-PRM-04"],
        &["RS-AUD-07", "RS-PRM-05", "RS-PRM-06", "RS-PRM-07"],
        &[Act::Answer(metadata, Change::MapJson(|document| remove(document, "resource")))],
    ),
    mutant(
        "publishes a resource with a fragment",
        &["RS-PRM-04", "RS-PRM-05", "RS-PRM-06"],
        &["RS-AUD-07"],
        &[Act::Answer(metadata, Change::MapJson(|document| append_to_resource(document, "#mcp")))],
    ),
    mutant(
        "publishes another resource at its well-known URI",
        &["RS-PRM-05", "RS-PRM-09"],
        &[],
        &[Act::Answer(metadata_at_well_known, Change::MapJson(|document| append_to_resource(document, "/")))],
    ),
    mutant(
        "publishes its origin as resource behind the challenge",
        &["RS-PRM-06"],
        &["RS-AUD-07"],
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
        &["RS-AUD-07"],
        &[Act::Answer(metadata, Change::MapJson(|document| append_to_resource(document, "?v=1")))],
    ),
    mutant(
        "lists no scopes as an empty array",
        &["RS-PRM-10", "RS-PRM-13"],
        &[],
        &[Act::Answer(metadata, Change::MapJson(|document| set(document, "scopes_supported", json!([]))))],
    ),
    mutant(
        "writes null where it has no value",
        &["RS-PRM-10"],
        &[],
        &[Act::Answer(metadata, Change::MapJson(|document| set(document, "resource_policy_uri", Value::Null)))],
    ),
    mutant(
        "names the metadata of its authorization server instead of the issuer",
        &["RS-PRM-11", "RS-PRM-12"],
        &["RS-PRM-17", "RS-PRM-18"],
        &[Act::Answer(
            metadata,
            Change::MapJson(|document| append_to_issuers(document, "/.well-known/openid-configuration")),
        )],
    ),
    mutant(
        "names its authorization server with a query",
        &["RS-PRM-11"],
        &["RS-PRM-12", "RS-PRM-17", "RS-PRM-18"],
        &[Act::Answer(metadata, Change::MapJson(|document| append_to_issuers(document, "?tenant=1")))],
    ),
    mutant(
        "names its authorization server with a slash that the issuer lacks",
        &["RS-PRM-12"],
        &["RS-PRM-17", "RS-PRM-18"],
        &[Act::Answer(metadata, Change::MapJson(|document| append_to_issuers(document, "/")))],
    ),
    mutant(
        "names an authorization server whose tokens it refuses, at a port where nothing listens",
        &["RS-PRM-12", "RS-PRM-18"],
        &["RS-PRM-17"],
        &[Act::Answer(
            metadata,
            Change::MapJson(|document| set(document, "authorization_servers", json!(["http://localhost:9"]))),
        )],
    ),
    mutant(
        "signs metadata with signed metadata in it",
        &["RS-PRM-19"],
        &["RS-PRM-15"],
        &[Act::Answer(
            metadata,
            // {"alg":"ES256"}.{"iss":"https://as.example","signed_metadata":"a.b.c"}.sig
            Change::MapJson(|document| {
                let jwt = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJodHRwczovL2FzLmV4YW1wbGUiLCJzaWduZWRfbWV0YWRhdGEiOiJhLmIuYyJ9.c2ln";
                set(document, "signed_metadata", json!(jwt));
            }),
        )],
    ),
    mutant(
        "lists no scopes",
        &["RS-PRM-13"],
        &[],
        &[Act::Answer(metadata, Change::MapJson(|document| remove(document, "scopes_supported")))],
    ),
    mutant(
        "offers to take tokens from the query",
        &["RS-PRM-14"],
        &[],
        &[Act::Answer(
            metadata,
            Change::MapJson(|document| set(document, "bearer_methods_supported", json!(["header", "query"]))),
        )],
    ),
    mutant(
        "serves its keys without TLS",
        &["RS-PRM-15"],
        &[],
        &[Act::Answer(
            metadata,
            Change::MapJson(|document| set(document, "jwks_uri", json!("http://keys.example/jwks.json"))),
        )],
    ),
    mutant(
        "signs with the algorithm none",
        &["RS-PRM-15"],
        &[],
        &[Act::Answer(
            metadata,
            Change::MapJson(|document| {
                set(document, "resource_signing_alg_values_supported", json!(["RS256", "none"]));
            }),
        )],
    ),
    mutant(
        "publishes signed metadata that is not signed",
        &["RS-PRM-15"],
        &[],
        &[Act::Answer(
            metadata,
            Change::MapJson(|document| set(document, "signed_metadata", json!("eyJhbGciOiJub25lIn0.eyJpc3MiOiJhIn0."))),
        )],
    ),
    mutant(
        "takes its name for the challenge from a proxy's header field",
        &["RS-PRM-16"],
        &[],
        &[Act::Answer(
            |request, response| refused(request, response) && request.headers.contains_key("x-forwarded-host"),
            Change::MapHeader("www-authenticate", |field| field.replace("localhost", "evil.example")),
        )],
    ),
    mutant(
        "takes its name for the metadata from a proxy's header field",
        &["RS-PRM-16"],
        &[],
        &[Act::Answer(
            |request, response| metadata(request, response) && request.headers.contains_key("forwarded"),
            Change::MapJson(|document| set(document, "resource", json!("https://evil.example/mcp"))),
        )],
    ),
    mutant(
        "has an authorization server that lists other resources",
        &["RS-PRM-17"],
        &[],
        &[Act::Answer(
            |request, response| request.purpose.is(&Looked::ForIssuer) && response.status == 200,
            Change::MapJson(|document| set(document, "protected_resources", json!(["https://other.example/mcp"]))),
        )],
    ),
    mutant(
        "asks for offline_access in its metadata",
        &["RS-CHALLENGE-13"],
        &[],
        &[Act::Answer(
            metadata,
            Change::MapJson(|document| set(document, "scopes_supported", json!(["openid", "offline_access"]))),
        )],
    ),
];

fn append_to_issuers(document: &mut Value, text: &str) {
    let entries = document.get_mut("authorization_servers").and_then(Value::as_array_mut);
    for entry in entries.into_iter().flatten() {
        *entry = format!("{}{text}", entry.as_str().unwrap_or_default()).into();
    }
}
