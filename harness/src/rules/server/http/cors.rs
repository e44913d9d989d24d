//! What browsers let a web page do with a server of another origin (Fetch standard, CORS protocol). Pure.
//!
//! A server that no page is meant to call owes browsers nothing. One is meant to be called where the operator names such
//! pages, or where the server allows them in its answers to requests; what stands in the answer to OPTIONS alone is often
//! a framework's.

use super::evidence::PageSeen;
use crate::findings::{Finding, answer, availability};
use crate::protocol::reply;
use crate::wire::{Exchange, Response};
use http::HeaderName;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, CACHE_CONTROL,
};

/// The members of a field that is a list, in lower case.
fn listed(response: &Response, name: &HeaderName) -> Vec<String> {
    let fields = response.header_values(name);
    fields.iter().flat_map(|field| field.split(',')).map(|member| member.trim().to_ascii_lowercase()).collect()
}

fn allows(response: &Response, origin: &str) -> bool {
    let named = response.header_values(&ACCESS_CONTROL_ALLOW_ORIGIN);
    named.iter().any(|named| named == "*" || named == origin)
}

fn is_meant(seen: &PageSeen) -> bool {
    seen.declared || seen.refusal.response().is_some_and(|response| allows(response, &seen.origin))
}

/// Judges the answer to a page of another origin that is meant to call.
fn on(seen: &PageSeen, exchange: &Exchange, expected: &str, flaw: impl FnOnce(&Response) -> Option<String>) -> Finding {
    if !is_meant(seen) {
        let reason = "no page of another origin is meant to call: none is declared, and the server allows none";
        let evidence = vec![seen.preflight.number, seen.refusal.number];
        return Finding::not_applicable(expected, reason, evidence);
    }
    let Some(response) = exchange.response() else { return answer::unanswered(exchange, expected) };
    let flaw = flaw(response);
    let shown = format!("{}: {}", exchange.request.label(), reply::shown(response));
    let actual = flaw.as_ref().map_or_else(|| shown.clone(), |flaw| format!("{shown}; {flaw}"));
    Finding::check(flaw.is_none(), expected, actual, exchange)
}

/// The preflight of a browser for a request with a token is passed.
#[must_use]
pub(super) fn preflight_is_passed(seen: &PageSeen) -> Finding {
    let expected =
        "success, the origin in access-control-allow-origin, and authorization in access-control-allow-headers";
    on(seen, &seen.preflight, expected, |response| {
        let headers = listed(response, &ACCESS_CONTROL_ALLOW_HEADERS);
        if !response.is_success() {
            Some("a browser takes no status but 2xx for leave".to_owned())
        } else if !allows(response, &seen.origin) {
            Some(format!("access-control-allow-origin does not allow {}", seen.origin))
        } else if !headers.iter().any(|header| header == "authorization") {
            Some(format!(
                "access-control-allow-headers is {:?}, in which * does not stand for authorization",
                headers.join(", ")
            ))
        } else {
            None
        }
    })
}

/// A page can read the challenge of the 401.
#[must_use]
pub(super) fn challenge_is_exposed(seen: &PageSeen) -> Finding {
    let expected = "a 401 that the page can read, with www-authenticate in access-control-expose-headers";
    if let Some(void) = availability::void(&seen.refusal, expected) {
        return void;
    }
    match seen.refusal.response() {
        Some(response) if response.status != 401 => {
            let reason = format!("HTTP {} is no 401; see RS-CHALLENGE-01 and RS-HTTP-01", response.status);
            Finding::not_applicable(expected, reason, vec![seen.refusal.number])
        }
        _ => on(seen, &seen.refusal, expected, |response| {
            let exposed = listed(response, &ACCESS_CONTROL_EXPOSE_HEADERS);
            if !allows(response, &seen.origin) {
                Some(format!("access-control-allow-origin does not allow {}", seen.origin))
            } else if !exposed.iter().any(|name| name == "www-authenticate" || name == "*") {
                Some(format!("access-control-expose-headers is {:?}", exposed.join(", ")))
            } else {
                None
            }
        }),
    }
}

/// A page of whatever origin is not allowed to send the cookies of its user.
#[must_use]
pub(super) fn no_credentials_for_strangers(seen: &PageSeen) -> Finding {
    let expected = "no access-control-allow-credentials for an unknown origin";
    let Some(response) = seen.stranger.response() else { return answer::unanswered(&seen.stranger, expected) };
    let named = response.header_values(&ACCESS_CONTROL_ALLOW_ORIGIN);
    if named.is_empty() {
        let reason = "the server allows this origin nothing";
        return Finding::not_applicable(expected, reason, vec![seen.stranger.number]);
    }
    let credentials = listed(response, &ACCESS_CONTROL_ALLOW_CREDENTIALS).iter().any(|value| value == "true");
    let holds = !(credentials && allows(response, super::purpose::STRANGER));
    let actual = format!(
        "{}: access-control-allow-origin is {}, access-control-allow-credentials is {}",
        seen.stranger.request.label(),
        named.join(", "),
        if credentials { "true" } else { "not there" }
    );
    Finding::check(holds, expected, actual, &seen.stranger)
}

/// What was answered to a request with a token is not marked for caches that many users share.
#[must_use]
pub(super) fn is_not_for_shared_caches(exchange: &Exchange) -> Finding {
    let expected = "no public and no s-maxage in the cache-control of what a user is answered";
    let Some(response) = exchange.response() else { return answer::unanswered(exchange, expected) };
    let directives = listed(response, &CACHE_CONTROL);
    let shared = directives.iter().any(|directive| directive == "public" || directive.starts_with("s-maxage"));
    let shown = if directives.is_empty() { "no cache-control".to_owned() } else { directives.join(", ") };
    Finding::check(!shared, expected, format!("{}: {shown}", exchange.request.label()), exchange)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Verdict;
    use crate::wire::Request;
    use http::{HeaderMap, HeaderValue};
    use rstest::rstest;
    use std::time::Duration;

    const PAGE: &str = "https://app.example";
    const ALL: (HeaderName, &str) = (ACCESS_CONTROL_ALLOW_ORIGIN, "*");

    fn exchange(status: u16, fields: &[(HeaderName, &'static str)]) -> Exchange {
        let headers = fields.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
        let headers = HeaderMap::from_iter(headers);
        let answer = Ok(Response { status, headers, body: Vec::new().into(), truncated: false });
        let request = Request::get("it", "http://localhost/mcp");
        Exchange { number: 1, request, answer, honest: None, took: Duration::ZERO }
    }

    fn seen(declared: bool, preflight: Exchange, refusal: Exchange) -> PageSeen {
        let stranger = exchange(401, &[]);
        PageSeen { origin: PAGE.to_owned(), declared, preflight, refusal, stranger }
    }

    #[test]
    fn a_server_that_no_page_is_meant_to_call_is_not_judged() {
        let seen = seen(false, exchange(405, &[]), exchange(401, &[]));
        let judged = [preflight_is_passed(&seen), challenge_is_exposed(&seen), no_credentials_for_strangers(&seen)];
        assert!(judged.iter().all(|finding| finding.verdict == Verdict::NotApplicable));
    }

    #[rstest]
    #[case::passed(204, &[ALL, (ACCESS_CONTROL_ALLOW_HEADERS, "Content-Type, Authorization")], Verdict::Met)]
    #[case::asked_for_a_token(401, &[ALL, (ACCESS_CONTROL_ALLOW_HEADERS, "authorization")], Verdict::Violated)]
    #[case::without_the_token(204, &[ALL, (ACCESS_CONTROL_ALLOW_HEADERS, "*")], Verdict::Violated)]
    #[case::for_another_page(204, &[(ACCESS_CONTROL_ALLOW_ORIGIN, "https://other")], Verdict::Violated)]
    fn a_preflight_is_passed_or_not(
        #[case] status: u16,
        #[case] fields: &[(HeaderName, &'static str)],
        #[case] expected: Verdict,
    ) {
        let seen = seen(true, exchange(status, fields), exchange(401, &[]));
        assert_eq!(preflight_is_passed(&seen).verdict, expected);
    }

    #[rstest]
    #[case::exposed(401, &[ALL, (ACCESS_CONTROL_EXPOSE_HEADERS, "WWW-Authenticate")], Verdict::Met)]
    #[case::hidden(401, &[ALL], Verdict::Violated)]
    #[case::not_meant(401, &[], Verdict::NotApplicable)]
    #[case::forbidden(403, &[], Verdict::NotApplicable)]
    fn a_challenge_can_be_read_or_not(
        #[case] status: u16,
        #[case] fields: &[(HeaderName, &'static str)],
        #[case] expected: Verdict,
    ) {
        let seen = seen(false, exchange(204, &[ALL]), exchange(status, fields));
        assert_eq!(challenge_is_exposed(&seen).verdict, expected);
    }

    #[rstest]
    #[case::without_credentials(&[ALL], Verdict::Met)]
    #[case::with_credentials(
        &[(ACCESS_CONTROL_ALLOW_ORIGIN, "https://evil.example"), (ACCESS_CONTROL_ALLOW_CREDENTIALS, "true")],
        Verdict::Violated
    )]
    fn credentials_are_for_known_pages(#[case] fields: &[(HeaderName, &'static str)], #[case] expected: Verdict) {
        let seen = PageSeen { stranger: exchange(401, fields), ..seen(true, exchange(204, &[]), exchange(401, &[])) };
        assert_eq!(no_credentials_for_strangers(&seen).verdict, expected);
    }

    #[rstest]
    #[case("no-store", Verdict::Met)]
    #[case("private, max-age=60", Verdict::Met)]
    #[case("public, max-age=60", Verdict::Violated)]
    #[case("s-maxage=60", Verdict::Violated)]
    fn what_a_user_is_answered_is_for_that_user(#[case] field: &'static str, #[case] expected: Verdict) {
        assert_eq!(is_not_for_shared_caches(&exchange(200, &[(CACHE_CONTROL, field)])).verdict, expected);
    }
}
