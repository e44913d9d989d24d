//! Cookies that remember whom a user has consented to: how they are set.

use crate::findings::Finding;
use crate::wire::Exchange;
use http::header::SET_COOKIE;

/// What is missing of the prefix and the attributes that protect a cookie (RFC 6265bis §4.1.3.2, MCP security best
/// practices).
#[derive(Debug)]
struct Flaws {
    /// What many browsers accept by https only, so that a server may leave it out over plain http.
    by_https: Vec<&'static str>,
    /// What can be had everywhere.
    anyhow: Vec<&'static str>,
}

fn flaws(set: &str) -> Flaws {
    let mut parts = set.split(';').map(str::trim);
    let name = parts.next().and_then(|pair| pair.split_once('=')).map_or("", |(name, _)| name.trim());
    let attributes: Vec<_> = parts.map(str::to_ascii_lowercase).collect();
    let has = |attribute: &str| attributes.iter().any(|one| one == attribute);
    let prefixed =
        name.starts_with("__Host-") && has("path=/") && !attributes.iter().any(|one| one.starts_with("domain="));
    let missing = |wanted: [(bool, &'static str); 2]| {
        wanted.into_iter().filter_map(|(holds, flaw)| (!holds).then_some(flaw)).collect()
    };
    Flaws {
        by_https: missing([
            (prefixed, "no __Host- prefix with Path=/ and without Domain"),
            (has("secure"), "no Secure"),
        ]),
        anyhow: missing([
            (has("httponly"), "no HttpOnly"),
            (has("samesite=lax") || has("samesite=strict"), "no SameSite=Lax"),
        ]),
    }
}

/// The cookie `name` is set with the prefix and the attributes that protect it, the last time that it is set.
#[must_use]
pub(crate) fn is_protected(name: &str, exchanges: &[Exchange]) -> Finding {
    let expected = format!("{name} with the prefix __Host-, Secure, HttpOnly and SameSite=Lax");
    let ours = |set: &String| set.split_once('=').is_some_and(|(found, _)| found.trim() == name);
    let last = exchanges.iter().rev().find_map(|exchange| {
        let values = exchange.response().map(|response| response.header_values(&SET_COOKIE)).unwrap_or_default();
        values.into_iter().rfind(ours).map(|set| (exchange, set))
    });
    match last {
        None => Finding::inconclusive(expected, "it was not seen being set", Vec::new()),
        Some((exchange, set)) => {
            let Flaws { by_https, anyhow } = flaws(&set);
            if anyhow.is_empty() && !by_https.is_empty() && exchange.request.url.starts_with("http://") {
                let reason = format!("{}, which may be otherwise by https", by_https.join(", "));
                return Finding::inconclusive(expected, reason, vec![exchange.number]).for_want_of("https");
            }
            let flaws = [by_https, anyhow].concat();
            let actual = if flaws.is_empty() { "so it is".to_owned() } else { flaws.join(", ") };
            Finding::check(flaws.is_empty(), expected, actual, exchange)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::findings::Verdict;
    use crate::wire::{Request, Response};
    use http::header::{HeaderMap, HeaderValue};
    use rstest::rstest;
    use std::time::Duration;

    #[rstest]
    #[case("__Host-a=1; Path=/; Secure; HttpOnly; SameSite=Lax", 0)]
    #[case("__host-a=1; Path=/; Secure; HttpOnly; SameSite=Lax", 1)]
    #[case("__Host-a=1; Path=/; Domain=h; Secure; HttpOnly; SameSite=lax", 1)]
    #[case("a=1; HttpOnly; SameSite=None", 3)]
    fn every_missing_protection_is_named(#[case] set: &str, #[case] count: usize) {
        let Flaws { by_https, anyhow } = flaws(set);
        assert_eq!(by_https.len() + anyhow.len(), count, "{by_https:?} {anyhow:?}");
    }

    #[rstest]
    #[case::all("http", "__Host-a=1; Path=/; Secure; HttpOnly; SameSite=Lax", Verdict::Met)]
    #[case::what_takes_https("http", "a=1; HttpOnly; SameSite=Lax", Verdict::Inconclusive)]
    #[case::what_takes_https_by_https("https", "a=1; HttpOnly; SameSite=Lax", Verdict::Violated)]
    #[case::what_takes_none("http", "__Host-a=1; Path=/; Secure; SameSite=Lax", Verdict::Violated)]
    fn over_plain_http_nobody_is_blamed_for_what_takes_https(
        #[case] scheme: &str,
        #[case] set: &'static str,
        #[case] expected: Verdict,
    ) {
        let headers = HeaderMap::from_iter([(SET_COOKIE, HeaderValue::from_static(set))]);
        let response = Response { status: 200, headers, body: Vec::new().into(), truncated: false };
        let request = Request::get("a page", format!("{scheme}://mcp.example/consent"));
        let exchange = Exchange { number: 1, request, answer: Ok(response), honest: None, took: Duration::ZERO };
        let name = set.split('=').next().unwrap();

        assert_eq!(is_protected(name, &[exchange]).verdict, expected);
    }
}
