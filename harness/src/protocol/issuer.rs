//! From an issuer identifier to the metadata of the authorization server (RFC 8414, OpenID Connect Discovery). A reader
//! without opinions.

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

pub(crate) fn object(exchange: &Exchange) -> Option<Map<String, Value>> {
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
