//! HTTP in front of MCP: origins, malformed credentials, mirrored header fields, sockets.

use crate::findings::{Finding, answer};
use crate::protocol::challenge::bearer;
use crate::protocol::{jsonrpc, reply};
use crate::rules::server::http::purpose::Malformed;
use crate::wire::{Exchange, Response};
use serde_json::Value;
use url::{Host, Url};

/// MCP 2026-07-28: mirrored header fields and content differ.
const HEADER_MISMATCH: i64 = -32020;
/// MCP 2026-07-28: the version is not one that the server implements.
const UNSUPPORTED_VERSION: i64 = -32022;

fn on(exchange: &Exchange, expected: &str, holds: impl FnOnce(&Response) -> bool) -> Finding {
    let Some(response) = exchange.response() else { return answer::unanswered(exchange, expected) };
    let actual = format!("{}: {}", exchange.request.label(), reply::shown_with_content(response));
    Finding::check(holds(response), expected, actual, exchange)
}

/// What may be served to a page of a foreign origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Foreign {
    /// Nothing: it is not one of those that are declared to be allowed.
    Certainly,
    /// The operator did not declare which are allowed, and it is on the host of the server.
    Perhaps,
}

/// A page of a foreign origin was not served, in whatever form it was refused.
#[must_use]
pub(crate) fn page_is_not_served(exchange: &Exchange, foreign: Foreign) -> Finding {
    let expected = "no result for a page of a foreign origin";
    match exchange.response() {
        Some(response) if foreign == Foreign::Perhaps && reply::holds_what_was_asked(response) => {
            let reason =
                "it is served, and which origins may call is not declared (allowed_origins in the subject file)";
            Finding::not_applicable(expected, format!("{}: {reason}", exchange.request.label()), vec![exchange.number])
        }
        _ => on(exchange, expected, |response| !reply::holds_what_was_asked(response)),
    }
}

/// A page of a foreign origin was refused with 403. One that was served is told by the rule that it must be refused.
#[must_use]
pub(crate) fn page_is_forbidden(exchange: &Exchange) -> Finding {
    let expected = "HTTP 403";
    match exchange.response() {
        Some(response) if reply::holds_what_was_asked(response) => {
            let reason = format!("{}: it is served; see RS-HTTP-01", exchange.request.label());
            Finding::not_applicable(expected, reason, vec![exchange.number])
        }
        _ => on(exchange, expected, |response| response.status == 403),
    }
}

/// The request was refused as the client's fault, with nothing in the answer that was asked for.
#[must_use]
pub(crate) fn is_refused(exchange: &Exchange) -> Finding {
    on(exchange, "HTTP 4xx and no JSON-RPC result", |response| {
        (400..500).contains(&response.status) && jsonrpc::result(response).is_none()
    })
}

/// Malformed credentials were answered in a way that RFC 6750 §3.1 knows for them. What is no token may be called malformed
/// credentials (400, `invalid_request`) or a malformed token (401, `invalid_token`); what is too long may be refused for
/// that alone; two fields and two words are no token at all.
#[must_use]
pub(crate) fn is_refused_for_its_form(exchange: &Exchange, malformed: Malformed) -> Finding {
    let others: &[u16] = match malformed {
        Malformed::SchemeOnly | Malformed::OddCharacters => &[401],
        Malformed::Basic | Malformed::UnknownScheme | Malformed::Negotiate => &[401],
        Malformed::VeryLong => &[400, 401, 413, 431],
        Malformed::TwoWords | Malformed::TwoFields => &[],
    };
    let also = others.iter().map(|status| format!(", or HTTP {status}")).collect::<String>();
    let expected = format!("HTTP 400 with error=\"invalid_request\" in a challenge{also}");
    if exchange.response().is_some_and(reply::holds_what_was_asked) && malformed != Malformed::TwoFields {
        let reason = format!("{}: it is served; see RS-TOKEN-13", exchange.request.label());
        return Finding::not_applicable(expected, reason, vec![exchange.number]);
    }
    on(exchange, &expected, |response| {
        let error = bearer(response).and_then(|challenge| challenge.param("error").map(str::to_owned));
        let invalid = response.status == 400 && error.as_deref() == Some("invalid_request");
        invalid || others.contains(&response.status)
    })
}

/// Where else than in a mismatch the reason for a refusal may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OtherReason {
    /// Nowhere.
    None,
    /// The token does not suffice for one of the two either, and which is looked at first is not laid down.
    MissingScope,
    /// The version that the content names may be one that the server does not implement.
    Version,
}

/// A mismatch between header fields and content was refused with its own code, or by an intermediary, which need not know
/// JSON-RPC.
#[must_use]
pub(crate) fn mismatch_is_refused(exchange: &Exchange, other: OtherReason) -> Finding {
    let also = match other {
        OtherReason::None => String::new(),
        OtherReason::MissingScope => ", or HTTP 403".to_owned(),
        OtherReason::Version => format!(" or {UNSUPPORTED_VERSION}"),
    };
    let expected =
        format!("HTTP 400 with JSON-RPC error {HEADER_MISMATCH}{also}, or HTTP 4xx without JSON-RPC; and no result");
    on(exchange, &expected, |response| {
        let code = jsonrpc::error_code(response);
        let mismatch = response.status == 400
            && (code == Some(HEADER_MISMATCH) || other == OtherReason::Version && code == Some(UNSUPPORTED_VERSION));
        let by_intermediary = (400..500).contains(&response.status) && code.is_none();
        let for_scope = other == OtherReason::MissingScope && response.status == 403;
        jsonrpc::result(response).is_none() && (mismatch || by_intermediary || for_scope)
    })
}

/// The operation was not carried out: a refusal, a JSON-RPC error, or a tool that reports an error.
#[must_use]
pub(crate) fn was_not_carried_out(exchange: &Exchange) -> Finding {
    on(exchange, "a refusal or an error", |response| {
        let failed = |result: Value| result.get("isError").and_then(Value::as_bool) == Some(true);
        jsonrpc::result(response).map_or(!reply::is_accepted(response), failed)
    })
}

/// A request without a token was not served.
#[must_use]
pub(crate) fn is_not_served(exchange: &Exchange) -> Finding {
    on(exchange, "no success for a request without a token", |response| !reply::is_accepted(response))
}

/// All listening sockets are bound to loopback addresses.
#[must_use]
pub(crate) fn listens_on_loopback_only(exchange: &Exchange) -> Finding {
    let expected = "listening sockets on 127.0.0.0/8 or ::1 only";
    let document = exchange.response().and_then(Response::json).unwrap_or_default();
    let listed = document.get("listening").and_then(Value::as_array).cloned().unwrap_or_default();
    let addresses: Vec<&str> = listed.iter().filter_map(Value::as_str).collect();
    if addresses.is_empty() {
        let reason = "no socket listens on the port of the endpoint as far as this system tells";
        return Finding::inconclusive(expected, reason, vec![exchange.number]);
    }
    Finding::check(addresses.iter().all(|address| is_loopback(address)), expected, addresses.join(", "), exchange)
}

/// Whether an IP address is one of loopback, also one of IPv4 in the notation of IPv6.
fn is_loopback(address: &str) -> bool {
    let authority = if address.contains(':') { format!("[{address}]") } else { address.to_owned() };
    match Url::parse(&format!("tcp://{authority}")).ok().and_then(|url| Host::parse(url.host_str()?).ok()) {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.to_canonical().is_loopback(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Verdict;
    use crate::wire::Request;
    use http::header::{HeaderMap, HeaderValue, WWW_AUTHENTICATE};
    use rstest::rstest;
    use std::time::Duration;

    fn answered(status: u16, challenge: &'static str, body: &'static str) -> Exchange {
        let headers = HeaderMap::from_iter([(WWW_AUTHENTICATE, HeaderValue::from_static(challenge))]);
        let answer = Ok(Response { status, headers, body: body.into(), truncated: false });
        let request = Request::get("it", "http://localhost/mcp");
        Exchange { number: 1, request, answer, honest: None, took: Duration::ZERO }
    }

    const RESULT: &str = r#"{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}"#;
    const ERROR: &str = r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"no"}}"#;
    const MISMATCH: &str = r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32020,"message":"no"}}"#;
    const UNSUPPORTED: &str = r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32022,"message":"no"}}"#;

    #[rstest]
    #[case::served(200, RESULT, Foreign::Certainly, Verdict::Violated, Verdict::NotApplicable)]
    #[case::served_and_not_told(200, RESULT, Foreign::Perhaps, Verdict::NotApplicable, Verdict::NotApplicable)]
    #[case::forbidden(403, "", Foreign::Perhaps, Verdict::Met, Verdict::Met)]
    #[case::error_behind_a_200(200, ERROR, Foreign::Certainly, Verdict::Met, Verdict::Violated)]
    #[case::another_status(400, "", Foreign::Certainly, Verdict::Met, Verdict::Violated)]
    fn a_foreign_page_gets_nothing_and_a_403(
        #[case] status: u16,
        #[case] body: &'static str,
        #[case] foreign: Foreign,
        #[case] served: Verdict,
        #[case] form: Verdict,
    ) {
        let exchange = answered(status, "", body);
        assert_eq!(page_is_not_served(&exchange, foreign).verdict, served);
        assert_eq!(page_is_forbidden(&exchange).verdict, form);
    }

    const INVALID: &str = "Bearer error=\"invalid_request\"";

    #[rstest]
    #[case(Malformed::SchemeOnly, 400, INVALID, Verdict::Met)]
    #[case(Malformed::SchemeOnly, 401, "Bearer", Verdict::Met)]
    #[case(Malformed::SchemeOnly, 500, "", Verdict::Violated)]
    #[case(Malformed::OddCharacters, 401, "Bearer error=\"invalid_token\"", Verdict::Met)]
    #[case(Malformed::VeryLong, 431, "", Verdict::Met)]
    #[case(Malformed::VeryLong, 403, "", Verdict::Violated)]
    #[case(Malformed::TwoWords, 400, INVALID, Verdict::Met)]
    #[case(Malformed::TwoWords, 401, "Bearer", Verdict::Violated)]
    fn a_malformed_token_is_not_malformed_credentials(
        #[case] malformed: Malformed,
        #[case] status: u16,
        #[case] challenge: &'static str,
        #[case] expected: Verdict,
    ) {
        assert_eq!(is_refused_for_its_form(&answered(status, challenge, ""), malformed).verdict, expected);
    }

    #[rstest]
    #[case::its_own_code(400, MISMATCH, OtherReason::None, Verdict::Met)]
    #[case::another_code(400, ERROR, OtherReason::None, Verdict::Violated)]
    #[case::by_an_intermediary(400, "", OtherReason::None, Verdict::Met)]
    #[case::another_status(404, MISMATCH, OtherReason::None, Verdict::Violated)]
    #[case::missing_scope(403, ERROR, OtherReason::MissingScope, Verdict::Met)]
    #[case::forbidden(403, ERROR, OtherReason::None, Verdict::Violated)]
    #[case::version(400, UNSUPPORTED, OtherReason::Version, Verdict::Met)]
    #[case::served(200, RESULT, OtherReason::None, Verdict::Violated)]
    fn a_mismatch_has_a_code_of_its_own(
        #[case] status: u16,
        #[case] body: &'static str,
        #[case] other: OtherReason,
        #[case] expected: Verdict,
    ) {
        assert_eq!(mismatch_is_refused(&answered(status, "", body), other).verdict, expected);
    }

    #[rstest]
    #[case("127.0.0.1", true)]
    #[case("127.8.8.8", true)]
    #[case("::1", true)]
    #[case("::ffff:127.0.0.1", true)]
    #[case("0.0.0.0", false)]
    #[case("::", false)]
    #[case("192.168.1.5", false)]
    fn loopback_is_told_from_other_networks(#[case] address: &str, #[case] expected: bool) {
        assert_eq!(is_loopback(address), expected);
    }
}
