//! What `resource` must be: the member that says whom a document is about.

use super::each_document;
use crate::findings::{Finding, answer};
use crate::protocol::challenge::bearer;
use crate::protocol::difference::difference;
use crate::protocol::metadata::{Attempt, Way};
use crate::protocol::{reply, url as urls};
use crate::wire::Exchange;
use serde_json::{Map, Value};

/// `resource` is a resource identifier (RFC 9728 §1.2).
#[must_use]
pub(crate) fn resource_flaw(document: &Map<String, Value>) -> Option<String> {
    match document.get("resource") {
        None => Some("resource is missing".to_owned()),
        Some(Value::String(text)) => {
            urls::resource_identifier_flaw(text).map(|flaw| format!("resource is {text}: {flaw}"))
        }
        Some(other) => Some(format!("resource is {other}")),
    }
}

/// `resource` in the documents that these ways lead to equals the identifier that they were found for (RFC 9728 §3.3).
#[must_use]
pub(crate) fn resource_is_the_identifier(attempts: &[Attempt], ways: fn(Way) -> bool, otherwise: &str) -> Vec<Finding> {
    let expected = "resource identical, code point by code point, to the identifier the document was found for";
    let endpoint = attempts.iter().find(|found| found.way != Way::Root).map(|found| found.identifier.clone());
    let found = attempts.iter().filter(|found| ways(found.way) && found.document().is_some()).cloned();
    let (disputed, judged): (Vec<_>, Vec<_>) =
        found.partition(|found| is_the_endpoints_own_at_the_root(found, endpoint.as_deref()));
    let dispute = |attempt: &Attempt| {
        let reason = "MCP lets the document of the endpoint stand at the root, where RFC 9728 wants that of the origin";
        Finding::not_applicable(expected, reason, vec![attempt.exchange.number])
    };
    let mut findings: Vec<_> = disputed.iter().map(dispute).collect();
    if judged.is_empty() {
        findings.push(Finding::not_applicable(expected, otherwise, Vec::new()));
        return findings;
    }
    findings.extend(each_document(&judged, expected, |attempt, document| {
        resource_difference(document, &attempt.identifier)
    }));
    findings
}

/// `resource` equals `identifier`, code point by code point.
fn resource_difference(document: &Map<String, Value>, identifier: &str) -> Option<String> {
    let resource = document.get("resource").and_then(Value::as_str)?;
    let difference = difference(identifier, resource)?;
    Some(format!("resource is {resource}, the document was found for {identifier}: resource {difference}"))
}

/// Whether a document at the root well-known URI is that of the endpoint, on which the specifications disagree: RFC 9728
/// §3.3 has a document there name the origin, while MCP (Protected Resource Metadata Discovery Requirements) names the
/// root as a place for the metadata of an endpoint with a path.
fn is_the_endpoints_own_at_the_root(attempt: &Attempt, endpoint: Option<&str>) -> bool {
    let document = attempt.document().unwrap_or_default();
    let resource = document.get("resource").and_then(Value::as_str);
    attempt.way == Way::Root && resource.is_some() && resource == endpoint
}

/// `resource` has no query.
#[must_use]
pub(crate) fn resource_query(document: &Map<String, Value>) -> Option<String> {
    let resource = document.get("resource").and_then(Value::as_str)?;
    resource.contains('?').then(|| format!("resource is {resource}"))
}

/// `resource` ends with a slash, and the server answers without the slash alike, so that it is not significant.
#[must_use]
pub(crate) fn needless_slash(attempts: &[Attempt], without: &[Exchange]) -> Vec<Finding> {
    let expected = "resource without a slash at its end, unless the slash makes a difference";
    let attempts: Vec<_> = attempts.iter().filter_map(|attempt| Some((attempt, attempt.document()?))).collect();
    let judge = |(attempt, document): &(&Attempt, Map<String, Value>)| {
        let resource = document.get("resource").and_then(Value::as_str).unwrap_or_default();
        let Some(shorter) = resource.strip_suffix('/') else {
            return Finding::check(true, expected, format!("resource is {resource}"), &attempt.exchange);
        };
        let Some(probe) = without.iter().find(|exchange| exchange.request.url == shorter) else {
            return Finding::inconclusive(expected, format!("{shorter} was not asked"), vec![attempt.exchange.number]);
        };
        let Some(response) = probe.response() else { return answer::unanswered(probe, expected) };
        let needless = response.is_success() || response.status == 401;
        let actual = format!("resource is {resource}, and {shorter} answers {}", reply::shown(response));
        Finding::of(!needless, expected, actual, vec![attempt.exchange.number, probe.number])
    };
    if attempts.is_empty() {
        return vec![Finding::inconclusive(expected, "no metadata document was found", Vec::new())];
    }
    attempts.iter().map(judge).collect()
}

/// Nothing that says who the server is holds `name`, which the caller chose.
#[must_use]
pub(crate) fn does_not_repeat(exchange: &Exchange, name: &str) -> Finding {
    let expected = format!("a refusal, or resource and resource_metadata without {name}");
    let Some(response) = exchange.response() else { return answer::unanswered(exchange, &expected) };
    let challenge = bearer(response).and_then(|challenge| challenge.param("resource_metadata").map(str::to_owned));
    let document = response.json().unwrap_or_default();
    let resource = document.get("resource").and_then(Value::as_str).map(str::to_owned);
    let said: Vec<_> = challenge.into_iter().chain(resource).collect();
    let shown = match said.as_slice() {
        [] => reply::shown(response),
        said => said.join(" and "),
    };
    let actual = format!("{}: {shown}", exchange.request.label());
    Finding::check(!said.iter().any(|text| text.contains(name)), expected, actual, exchange)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::wire::{Request, Response};
    use rstest::rstest;

    fn found(way: Way, resource: &str) -> Attempt {
        let body = serde_json::json!({ "resource": resource }).to_string().into();
        let response = Response { status: 200, headers: http::HeaderMap::new(), body, truncated: false };
        let request = Request::get("metadata", "https://mcp.example/.well-known/oauth-protected-resource");
        let exchange =
            Exchange { number: 1, request, answer: Ok(response), honest: None, took: std::time::Duration::ZERO };
        Attempt { way, identifier: "https://mcp.example".to_owned(), exchange }
    }

    #[rstest]
    #[case::the_endpoints_at_the_root(Way::Root, "https://mcp.example/mcp", true)]
    #[case::the_origins_at_the_root(Way::Root, "https://mcp.example", false)]
    #[case::a_strangers_at_the_root(Way::Root, "https://mcp.example/other", false)]
    #[case::elsewhere(Way::PathSuffixed, "https://mcp.example/mcp", false)]
    fn only_the_endpoints_own_document_at_the_root_is_disputed(
        #[case] way: Way,
        #[case] resource: &str,
        #[case] disputed: bool,
    ) {
        let attempt = found(way, resource);
        assert_eq!(is_the_endpoints_own_at_the_root(&attempt, Some("https://mcp.example/mcp")), disputed);
    }
}
