//! What protected resource metadata (RFC 9728) must be. Pure.

use crate::findings::Finding;
use crate::protocol::metadata::{Attempt, Way, issuers};
use crate::protocol::url as urls;
use crate::wire::Exchange;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

/// Some way leads to a document without credentials.
#[must_use]
pub(crate) fn some_document(attempts: &[Attempt]) -> Finding {
    let expected = "a JSON object with HTTP 200 at the challenge's URL or a well-known URI";
    let found = attempts.iter().any(|attempt| attempt.document().is_some());
    let actual = attempts.iter().map(Attempt::shown).collect::<Vec<_>>().join("; ");
    let evidence = attempts.iter().map(|attempt| attempt.exchange.number).collect();
    if !found && attempts.iter().any(|attempt| attempt.exchange.response().is_none()) {
        return Finding::inconclusive(expected, actual, evidence);
    }
    Finding::of(found, expected, actual, evidence)
}

/// The way leads to a document.
#[must_use]
pub(crate) fn is_document(attempt: &Attempt) -> Finding {
    let expected = format!("a JSON object with HTTP 200 at {}", attempt.way.as_str());
    if attempt.exchange.response().is_none() {
        return crate::findings::answer::unanswered(&attempt.exchange, &expected);
    }
    Finding::check(attempt.document().is_some(), expected, attempt.shown(), &attempt.exchange)
}

/// A successful metadata response is `application/json` (RFC 9728 §3.2).
///
/// A page with status 200 at a well-known URI is a metadata response only when nothing better was found: a site may
/// serve pages where it serves no metadata.
#[must_use]
pub(crate) fn is_typed_json(attempts: &[Attempt]) -> Vec<Finding> {
    let expected = "HTTP 200 with content type application/json";
    let some_document = attempts.iter().any(|attempt| attempt.document().is_some());
    let judged = attempts.iter().filter(|attempt| {
        let succeeds = attempt.exchange.response().is_some_and(|response| response.is_success());
        succeeds && (attempt.document().is_some() || attempt.way == Way::Challenge || !some_document)
    });
    let findings: Vec<_> = judged
        .filter_map(|attempt| {
            let response = attempt.exchange.response()?;
            let typed = response.status == 200 && response.media_type().as_deref() == Some("application/json");
            Some(Finding::check(typed, expected, attempt.shown(), &attempt.exchange))
        })
        .collect();
    or_nothing_found(findings, expected, attempts)
}

/// Judges every document that was found; without any it is inconclusive.
#[must_use]
pub(crate) fn each_document(
    attempts: &[Attempt],
    expected: &str,
    flaw: impl Fn(&Attempt, &Map<String, Value>) -> Option<String>,
) -> Vec<Finding> {
    let findings = attempts
        .iter()
        .filter_map(|attempt| {
            let document = attempt.document()?;
            let flaw = flaw(attempt, &document);
            let actual = flaw.clone().unwrap_or_else(|| "so it is".to_owned());
            let actual = format!("{}: {actual}", attempt.way.as_str());
            Some(Finding::check(flaw.is_none(), expected, actual, &attempt.exchange))
        })
        .collect();
    or_nothing_found(findings, expected, attempts)
}

fn or_nothing_found(findings: Vec<Finding>, expected: &str, attempts: &[Attempt]) -> Vec<Finding> {
    if !findings.is_empty() {
        return findings;
    }
    let evidence = attempts.iter().map(|attempt| attempt.exchange.number).collect();
    vec![Finding::inconclusive(expected, "no metadata document was found", evidence)]
}

/// `authorization_servers` is an array with at least one string.
#[must_use]
pub(crate) fn authorization_servers_flaw(document: &Map<String, Value>) -> Option<String> {
    match document.get("authorization_servers") {
        None => Some("authorization_servers is missing".to_owned()),
        Some(Value::Array(entries)) if entries.is_empty() => Some("authorization_servers is empty".to_owned()),
        Some(Value::Array(entries)) if entries.iter().all(Value::is_string) => None,
        Some(other) => Some(format!("authorization_servers is {other}")),
    }
}

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

/// `resource` equals `identifier`, code point by code point.
#[must_use]
pub(crate) fn resource_difference(document: &Map<String, Value>, identifier: &str) -> Option<String> {
    let resource = document.get("resource").and_then(Value::as_str)?;
    (resource != identifier).then(|| format!("resource is {resource}, the document was found for {identifier}"))
}

/// Whether a document at the root well-known URI is that of the endpoint, on which the specifications disagree: RFC 9728
/// §3.3 has a document there name the origin, while MCP (Protected Resource Metadata Discovery Requirements) names the
/// root as a place for the metadata of an endpoint with a path.
#[must_use]
pub(crate) fn is_the_endpoints_own_at_the_root(attempt: &Attempt, endpoint: Option<&str>) -> bool {
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

/// Every entry of `authorization_servers` is an issuer identifier (RFC 8414 §2): an https URL without query and
/// fragment, http on loopback, and not the address of a document.
#[must_use]
pub(crate) fn issuer_flaw(document: &Map<String, Value>) -> Option<String> {
    issuers(document).into_iter().find_map(|issuer| {
        let flaw = urls::resource_identifier_flaw(issuer).or_else(|| {
            let of_document = || issuer.contains("/.well-known/").then(|| "it is the address of a document".to_owned());
            if issuer.contains('?') { Some("it has a query".to_owned()) } else { of_document() }
        });
        flaw.map(|flaw| format!("{issuer}: {flaw}"))
    })
}

/// No member is null or an empty array (RFC 9728 §3.2). `bearer_methods_supported` may be empty, which says that there
/// is no way to send a token (RFC 9728 §2).
#[must_use]
pub(crate) fn empty_member(document: &Map<String, Value>) -> Option<String> {
    let empty = |value: &Value| value.is_null() || value.as_array().is_some_and(Vec::is_empty);
    let found = document
        .iter()
        .find(|(name, value)| empty(value) && !(name.as_str() == "bearer_methods_supported" && value.is_array()));
    found.map(|(name, value)| format!("{name} is {value}"))
}

/// `scopes_supported` is there, with scope tokens in it.
#[must_use]
pub(crate) fn scopes_flaw(document: &Map<String, Value>) -> Option<String> {
    let is_token =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e));
    match document.get("scopes_supported") {
        None => Some("scopes_supported is missing".to_owned()),
        Some(Value::Array(list)) if !list.is_empty() && list.iter().all(|one| one.as_str().is_some_and(is_token)) => {
            None
        }
        Some(other) => Some(format!("scopes_supported is {other}")),
    }
}

/// `scopes_supported` does not hold this scope.
#[must_use]
pub(crate) fn supported_scope(document: &Map<String, Value>, scope: &str) -> Option<String> {
    let listed = document.get("scopes_supported").and_then(Value::as_array);
    listed.is_some_and(|list| list.iter().any(|one| one == scope)).then(|| format!("scopes_supported holds {scope}"))
}

/// `bearer_methods_supported` offers the header, not the query, and nothing that RFC 9728 does not know.
#[must_use]
pub(crate) fn bearer_methods_flaw(document: &Map<String, Value>) -> Option<String> {
    let methods = document.get("bearer_methods_supported")?;
    let listed: Vec<_> = methods.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let sound = listed.contains(&"header") && listed.iter().all(|method| ["header", "body"].contains(method));
    (!sound).then(|| format!("bearer_methods_supported is {methods}"))
}

/// Optional members that are published obey their rules: `jwks_uri`, `resource_signing_alg_values_supported` and
/// `signed_metadata` (RFC 9728 §2).
#[must_use]
pub(crate) fn optional_member_flaw(document: &Map<String, Value>) -> Option<String> {
    let jwks_uri = document.get("jwks_uri").and_then(|value| match value.as_str() {
        Some(url) => urls::resource_identifier_flaw(url).map(|flaw| format!("jwks_uri is {url}: {flaw}")),
        None => Some(format!("jwks_uri is {value}")),
    });
    let none = || {
        let listed = document.get("resource_signing_alg_values_supported")?.as_array()?;
        listed.iter().any(|one| one == "none").then(|| "resource_signing_alg_values_supported holds none".to_owned())
    };
    let signed = || {
        let value = document.get("signed_metadata")?;
        let claims = value.as_str().and_then(signed_claims);
        let sound = claims.is_some_and(|claims| claims.contains_key("iss") && !claims.contains_key("signed_metadata"));
        (!sound).then(|| "signed_metadata is no signed JWT with an iss and without signed_metadata".to_owned())
    };
    jwks_uri.or_else(none).or_else(signed)
}

/// Whether a document has one of the members that [`optional_member_flaw`] looks at.
#[must_use]
pub(crate) fn has_optional_member(document: &Map<String, Value>) -> bool {
    ["jwks_uri", "resource_signing_alg_values_supported", "signed_metadata"]
        .iter()
        .any(|name| document.contains_key(*name))
}

fn signed_claims(jwt: &str) -> Option<Map<String, Value>> {
    let mut parts = jwt.split('.');
    let (header, claims, signature) = (parts.next()?, parts.next()?, parts.next()?);
    let read = |part: &str| -> Option<Map<String, Value>> {
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).ok()?).ok()
    };
    let alg = read(header)?.get("alg")?.as_str()?.to_owned();
    let signed = parts.next().is_none() && !signature.is_empty() && !alg.eq_ignore_ascii_case("none");
    if signed { read(claims) } else { None }
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
        let Some(response) = probe.response() else { return crate::findings::answer::unanswered(probe, expected) };
        let needless = response.is_success() || response.status == 401;
        let actual =
            format!("resource is {resource}, and {shorter} answers {}", crate::protocol::reply::shown(response));
        Finding::of(!needless, expected, actual, vec![attempt.exchange.number, probe.number])
    };
    if attempts.is_empty() {
        return vec![Finding::inconclusive(expected, "no metadata document was found", Vec::new())];
    }
    attempts.iter().map(judge).collect()
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
