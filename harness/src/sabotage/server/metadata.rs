//! What an MCP server can do wrong with its protected resource metadata.

use super::*;

pub(super) const MUTANTS: &[Mutant] = &[
    mutant(
        "publishes no metadata",
        &["RS-PRM-01", "RS-PRM-07", "RS-CHALLENGE-06", "RS-CHALLENGE-07"],
        &["RS-AUD-07", "RS-PRM-02", "RS-PRM-03", "RS-PRM-04", "RS-PRM-05", "RS-PRM-06", "RS-PRM-08"],
        &[Act::Answer(metadata, Change::Json(404, r#"{"error":"not found"}"#))],
    ),
    mutant(
        "protects its metadata with a token",
        &["RS-PRM-01", "RS-PRM-07", "RS-CHALLENGE-06", "RS-CHALLENGE-07"],
        &["RS-AUD-07", "RS-PRM-02", "RS-PRM-03", "RS-PRM-04", "RS-PRM-05", "RS-PRM-06", "RS-PRM-08"],
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
        &["RS-AUD-07", "RS-PRM-03", "RS-PRM-04", "RS-PRM-05", "RS-PRM-06", "RS-PRM-08"],
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
        &["RS-AUD-07"],
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
        &["RS-PRM-05"],
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
];
