//! From an issuer in protected resource metadata to the metadata of the authorization server.

use super::Finding;
use super::url::origin_of;
use crate::wire::Exchange;
use serde_json::{Map, Value};

/// The attempts to read the metadata of one issuer.
#[derive(Clone, Debug)]
pub struct IssuerLookup {
    /// The issuer, as the protected resource metadata names it.
    pub issuer: String,
    /// The resource that names it.
    pub resource: String,
    /// Whether it was safe to ask there.
    pub is_safe: bool,
    /// The attempts, in order; the last one may have led to a document that fits.
    pub attempts: Vec<Exchange>,
}

impl IssuerLookup {
    /// The first document whose issuer is the one it was looked for.
    #[must_use]
    pub fn document(&self) -> Option<(&Exchange, Map<String, Value>)> {
        self.attempts.iter().find_map(|exchange| {
            let document = object(exchange)?;
            let fits = document.get("issuer").and_then(Value::as_str) == Some(&self.issuer);
            fits.then_some((exchange, document))
        })
    }
}

fn object(exchange: &Exchange) -> Option<Map<String, Value>> {
    match exchange.response().filter(|response| response.status == 200)?.json()? {
        Value::Object(document) => Some(document),
        _ => None,
    }
}

/// Where MCP has clients look for the metadata of an issuer, in this order.
#[must_use]
pub fn well_known(issuer: &str) -> Vec<String> {
    let Some(origin) = origin_of(issuer) else { return Vec::new() };
    let path = issuer[origin.len()..].split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let inserted = |suffix: &str| format!("{origin}/.well-known/{suffix}{path}");
    let mut urls = vec![inserted("oauth-authorization-server"), inserted("openid-configuration")];
    if !path.is_empty() {
        urls.push(format!("{origin}{path}/.well-known/openid-configuration"));
    }
    urls
}

/// Some document is found whose issuer is identical to the entry (RFC 8414 §3.3).
#[must_use]
pub fn leads_to_metadata(lookup: &IssuerLookup) -> Finding {
    let expected = format!("a document at one of the well-known URIs whose issuer is {}", lookup.issuer);
    let evidence = lookup.attempts.iter().map(|exchange| exchange.number).collect();
    if let Some((exchange, _)) = lookup.document() {
        return Finding::of(true, expected, format!("{} has it", exchange.request.url), evidence);
    }
    if !lookup.is_safe {
        let reason = format!("{} is no address that a server elsewhere may send the harness to", lookup.issuer);
        return Finding::inconclusive(expected, reason, evidence);
    }
    let actual = lookup.attempts.iter().map(shown).collect::<Vec<_>>().join("; ");
    if lookup.attempts.iter().any(|exchange| exchange.response().is_none()) {
        return Finding::inconclusive(expected, actual, evidence);
    }
    Finding::of(false, expected, actual, evidence)
}

fn shown(exchange: &Exchange) -> String {
    let what = match (&exchange.answer, object(exchange)) {
        (_, Some(document)) => match document.get("issuer") {
            Some(issuer) => format!("issuer {issuer}"),
            None => "no issuer".to_owned(),
        },
        (Ok(response), None) => super::answer::shown(response),
        (Err(failure), None) => failure.to_string(),
    };
    format!("{}: {what}", exchange.request.url)
}

/// Where the authorization server lists protected resources, this one is among them (RFC 9728 §4).
#[must_use]
pub fn lists_the_resource(lookup: &IssuerLookup) -> Finding {
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

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::path("https://as/t", &["https://as/.well-known/oauth-authorization-server/t",
        "https://as/.well-known/openid-configuration/t", "https://as/t/.well-known/openid-configuration"])]
    #[case::no_path("https://as", &["https://as/.well-known/oauth-authorization-server",
        "https://as/.well-known/openid-configuration"])]
    #[case::slash("https://as/", &["https://as/.well-known/oauth-authorization-server",
        "https://as/.well-known/openid-configuration"])]
    #[case::nothing("as.example", &[])]
    fn looks_where_mcp_has_clients_look(#[case] issuer: &str, #[case] expected: &[&str]) {
        assert_eq!(well_known(issuer), expected);
    }
}
