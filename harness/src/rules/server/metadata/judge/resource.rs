//! What `resource` must be: the member that says whom a document is about.

use crate::findings::{Finding, answer};
use crate::protocol::challenge::bearer;
use crate::protocol::difference::difference;
use crate::protocol::metadata::{Attempt, Way};
use crate::protocol::url::is_same;
use crate::protocol::{reply, url as urls};
use crate::rules::server::metadata::evidence::Discovered;
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

/// `resource` at the well-known URIs is the identifier that the URI was made of (RFC 9728 §3.3, first paragraph).
#[must_use]
pub(crate) fn resource_is_that_of_the_place(found: &Discovered) -> Vec<Finding> {
    let expected =
        "resource identical, code point by code point, to the identifier of which the well-known URI is made";
    let judge = |attempt: &Attempt| {
        let document = attempt.document()?;
        let resource = document.get("resource").and_then(Value::as_str)?;
        let aside = |reason: &str| Finding::not_applicable(expected, reason.to_owned(), attempt.numbers());
        if attempt.way == Way::Root && resource == found.endpoint {
            let reason =
                "MCP lets the document of the endpoint stand at the root, where RFC 9728 wants that of the origin";
            return Some(aside(reason));
        }
        let is_judged = found.own().iter().any(|(own, _)| own.way == attempt.way);
        if attempt.way == Way::Root && !is_judged && !is_same(resource, &attempt.identifier) {
            return Some(aside(&format!("it is about {resource}, which is not this endpoint")));
        }
        Some(is_identifier(attempt, resource, expected))
    };
    let judged: Vec<_> = found.attempts.iter().filter(|found| found.way != Way::Challenge).filter_map(judge).collect();
    or_otherwise(judged, expected, "no well-known URI has a document that names a resource")
}

/// `resource` behind the challenge is the URL that was asked (RFC 9728 §3.3, second paragraph). Where that ends in a slash,
/// MCP would have it left out (Canonical Server URI), so that both are right.
#[must_use]
pub(crate) fn resource_is_that_of_the_request(found: &Discovered) -> Vec<Finding> {
    let expected = "resource identical, code point by code point, to the URL that the client asked";
    let judge = |attempt: &Attempt| {
        let document = attempt.document()?;
        let resource = document.get("resource").and_then(Value::as_str)?;
        let shorter = attempt.identifier.strip_suffix('/');
        if shorter == Some(resource) {
            return Some(Finding::of(true, expected, format!("resource is {resource}"), attempt.numbers()));
        }
        Some(is_identifier(attempt, resource, expected))
    };
    let judged: Vec<_> = found.attempts.iter().filter(|found| found.way == Way::Challenge).filter_map(judge).collect();
    or_otherwise(judged, expected, "the challenge leads to no document that names a resource")
}

fn is_identifier(attempt: &Attempt, resource: &str, expected: &str) -> Finding {
    let identifier = &attempt.identifier;
    let holds = is_same(resource, identifier);
    let seen = match difference(identifier, resource).filter(|_| !holds) {
        None => "so it is".to_owned(),
        Some(difference) => {
            format!("resource is {resource}, the document was found for {identifier}: resource {difference}")
        }
    };
    let actual = format!("{}: {seen}", attempt.way.as_str());
    Finding::of(holds, expected, actual, attempt.numbers())
}

fn or_otherwise(judged: Vec<Finding>, expected: &str, otherwise: &str) -> Vec<Finding> {
    if judged.is_empty() { vec![Finding::not_applicable(expected, otherwise, Vec::new())] } else { judged }
}

/// `resource` has no query.
#[must_use]
pub(crate) fn resource_query(document: &Map<String, Value>) -> Option<String> {
    let resource = document.get("resource").and_then(Value::as_str)?;
    resource.contains('?').then(|| format!("resource is {resource}"))
}

/// `resource` ends with a slash, and the server answers without the slash alike, so that it is not significant. Of an
/// endpoint that ends with a slash itself it is the identifier (RFC 9728 §3.3).
#[must_use]
pub(crate) fn needless_slash(found: &Discovered, without: &[Exchange]) -> Vec<Finding> {
    let expected = "resource without a slash at its end, unless the slash makes a difference";
    let judge = |(attempt, document): &(&Attempt, Map<String, Value>)| {
        let resource = document.get("resource").and_then(Value::as_str).unwrap_or_default();
        let Some(shorter) = resource.strip_suffix('/') else {
            return Finding::check(true, expected, format!("resource is {resource}"), &attempt.exchange);
        };
        if resource == found.endpoint {
            let reason = format!("{resource} is the URL of the endpoint, to the letter");
            return Finding::not_applicable(expected, reason, attempt.numbers());
        }
        let Some(probe) = without.iter().find(|exchange| exchange.request.url == shorter) else {
            return Finding::inconclusive(expected, format!("{shorter} was not asked"), attempt.numbers());
        };
        let Some(response) = probe.response() else { return answer::unanswered(probe, expected) };
        let needless = response.is_success() || response.status == 401;
        let actual = format!("resource is {resource}, and {shorter} answers {}", reply::shown(response));
        Finding::of(!needless, expected, actual, vec![attempt.exchange.number, probe.number])
    };
    let judged: Vec<_> = found.own().iter().map(judge).collect();
    or_otherwise(judged, expected, super::discovery::NOTHING)
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
    use crate::findings::Verdict;
    use crate::wire::{Request, Response};
    use rstest::rstest;

    const ENDPOINT: &str = "https://mcp.example/mcp";

    fn found(way: Way, identifier: &str, resource: &str) -> Discovered {
        let body = serde_json::json!({ "resource": resource }).to_string().into();
        let response = Response { status: 200, headers: http::HeaderMap::new(), body, truncated: false };
        let request = Request::get("metadata", "https://mcp.example/.well-known/oauth-protected-resource");
        let exchange =
            Exchange { number: 1, request, answer: Ok(response), honest: None, took: std::time::Duration::ZERO };
        let attempt = Attempt { way, identifier: identifier.to_owned(), redirects: Vec::new(), exchange };
        let endpoint = if way == Way::Root { ENDPOINT } else { identifier };
        Discovered { endpoint: endpoint.to_owned(), named: None, attempts: vec![attempt], astray: None }
    }

    #[rstest]
    #[case::the_endpoints(Way::PathSuffixed, ENDPOINT, "https://mcp.example/mcp", Verdict::Met)]
    #[case::with_a_slash(Way::PathSuffixed, ENDPOINT, "https://mcp.example/mcp/", Verdict::Violated)]
    #[case::an_empty_path(Way::PathSuffixed, "https://mcp.example", "https://mcp.example/", Verdict::Met)]
    #[case::the_endpoints_at_the_root(Way::Root, "https://mcp.example", ENDPOINT, Verdict::NotApplicable)]
    #[case::the_origins_at_the_root(Way::Root, "https://mcp.example", "https://mcp.example/", Verdict::Met)]
    #[case::a_neighbours_at_the_root(
        Way::Root,
        "https://mcp.example",
        "https://mcp.example/api",
        Verdict::NotApplicable
    )]
    #[case::of_another_host_at_the_root(Way::Root, "https://mcp.example", "https://i.example/mcp", Verdict::Violated)]
    fn a_well_known_uri_is_made_of_the_resource(
        #[case] way: Way,
        #[case] identifier: &str,
        #[case] resource: &str,
        #[case] expected: Verdict,
    ) {
        let judged = resource_is_that_of_the_place(&found(way, identifier, resource));
        assert_eq!(judged[0].verdict, expected, "{}", judged[0].actual);
    }

    #[rstest]
    #[case(ENDPOINT, "https://mcp.example/mcp", Verdict::Met)]
    #[case(ENDPOINT, "https://mcp.example/mcp/", Verdict::Violated)]
    #[case("https://mcp.example/mcp/", "https://mcp.example/mcp", Verdict::Met)]
    #[case(ENDPOINT, "https://mcp.example", Verdict::Violated)]
    fn behind_the_challenge_is_the_url_that_was_asked(
        #[case] identifier: &str,
        #[case] resource: &str,
        #[case] expected: Verdict,
    ) {
        let judged = resource_is_that_of_the_request(&found(Way::Challenge, identifier, resource));
        assert_eq!(judged[0].verdict, expected, "{}", judged[0].actual);
    }

    #[test]
    fn a_slash_that_is_all_the_difference_is_named() {
        let judged = resource_is_that_of_the_request(&found(Way::Challenge, ENDPOINT, "https://mcp.example/mcp/"));
        assert!(
            judged[0].actual.ends_with("differs by the trailing slash only: it has one too many"),
            "{}",
            judged[0].actual
        );
    }

    #[test]
    fn the_slash_of_an_endpoint_is_no_needless_one() {
        let found = found(Way::Challenge, "https://mcp.example/mcp/", "https://mcp.example/mcp/");
        assert_eq!(needless_slash(&found, &[])[0].verdict, Verdict::NotApplicable);
    }
}
