//! What is wrong with a member of a document, other than `resource`.

use crate::protocol::metadata::issuers;
use crate::protocol::url as urls;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

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
        let sound = claims.is_some_and(|claims| claims.contains_key("iss"));
        (!sound).then(|| "signed_metadata is no signed JWT with an iss".to_owned())
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

/// The claims of signed metadata hold no `signed_metadata` (RFC 9728 §2.2).
#[must_use]
pub(crate) fn nested_signed_metadata(document: &Map<String, Value>) -> Option<String> {
    let claims = document.get("signed_metadata").and_then(Value::as_str).and_then(signed_claims)?;
    claims.contains_key("signed_metadata").then(|| "the claims of signed_metadata hold signed_metadata".to_owned())
}

/// Whether a document has signed metadata whose claims can be read.
#[must_use]
pub(crate) fn has_signed_claims(document: &Map<String, Value>) -> bool {
    document.get("signed_metadata").and_then(Value::as_str).and_then(signed_claims).is_some()
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

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    fn signed(claims: &Value) -> Map<String, Value> {
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let jwt = format!("{}.{}.c2ln", part(&json!({ "alg": "ES256" })), part(claims));
        Map::from_iter([("signed_metadata".to_owned(), Value::String(jwt))])
    }

    #[rstest]
    #[case(json!({ "iss": "https://as" }), false, false)]
    #[case(json!({ "resource": "https://h" }), true, false)]
    #[case(json!({ "iss": "https://as", "signed_metadata": "a.b.c" }), false, true)]
    fn signed_metadata_names_who_signed_it_and_holds_no_other(
        #[case] claims: Value,
        #[case] flawed: bool,
        #[case] nested: bool,
    ) {
        let document = signed(&claims);
        assert_eq!(optional_member_flaw(&document).is_some(), flawed);
        assert_eq!(nested_signed_metadata(&document).is_some(), nested);
    }
}
