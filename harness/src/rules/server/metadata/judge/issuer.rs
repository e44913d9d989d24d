//! From an issuer in protected resource metadata to the metadata of the authorization server.

use crate::findings::Finding;
use crate::protocol::difference::with_difference;
use crate::protocol::issuer::{IssuerLookup, object};
use crate::protocol::reply;
use crate::wire::Exchange;
use serde_json::Value;

/// Some document is found whose issuer is identical to the entry (RFC 8414 §3.3).
#[must_use]
pub(crate) fn leads_to_metadata(lookup: &IssuerLookup) -> Finding {
    let expected = format!("a document at one of the well-known URIs whose issuer is {}", lookup.issuer);
    let evidence = lookup.attempts.iter().map(|exchange| exchange.number).collect();
    if let Some((exchange, _)) = lookup.document() {
        return Finding::of(true, expected, format!("{} has it", exchange.request.url), evidence);
    }
    if !lookup.is_safe {
        let reason = format!("{} is no address that a server elsewhere may send the harness to", lookup.issuer);
        return Finding::inconclusive(expected, reason, evidence);
    }
    let actual = lookup.attempts.iter().map(|exchange| shown(exchange, &lookup.issuer)).collect::<Vec<_>>().join("; ");
    if lookup.attempts.iter().any(|exchange| exchange.response().is_none()) {
        return Finding::inconclusive(expected, actual, evidence);
    }
    Finding::of(false, expected, actual, evidence)
}

fn shown(exchange: &Exchange, expected: &str) -> String {
    let what = match (&exchange.answer, object(exchange)) {
        (_, Some(document)) => match document.get("issuer") {
            Some(Value::String(issuer)) => format!("issuer {}", with_difference(expected, issuer)),
            Some(issuer) => format!("issuer {issuer}"),
            None => "no issuer".to_owned(),
        },
        (Ok(response), None) => reply::shown(response),
        (Err(failure), None) => failure.to_string(),
    };
    format!("{}: {what}", exchange.request.url)
}

/// Where the authorization server lists protected resources, this one is among them (RFC 9728 §4).
#[must_use]
pub(crate) fn lists_the_resource(lookup: &IssuerLookup) -> Finding {
    let expected = format!("{} in protected_resources, where that is published", lookup.resource);
    let evidence: Vec<_> = lookup.attempts.iter().map(|exchange| exchange.number).collect();
    let Some((_, document)) = lookup.document() else {
        return Finding::inconclusive(expected, "no metadata of the authorization server was found", evidence);
    };
    match document.get("protected_resources") {
        None => {
            Finding::not_applicable(expected, "the authorization server publishes no protected_resources", evidence)
        }
        Some(listed) => {
            let among = listed.as_array().is_some_and(|list| list.iter().any(|one| one == &lookup.resource));
            Finding::of(among, expected, format!("protected_resources is {listed}"), evidence)
        }
    }
}
