//! HTTP in front of MCP: origins, malformed credentials, mirrored header fields, sockets.

use crate::findings::{Finding, answer};
use crate::protocol::challenge::bearer;
use crate::protocol::{jsonrpc, reply};
use crate::wire::{Exchange, Response};
use serde_json::Value;
use url::{Host, Url};

/// MCP 2026-07-28: mirrored header fields and content differ.
const HEADER_MISMATCH: i64 = -32020;
/// The header fields of a request are too large (RFC 6585 §5).
const FIELDS_TOO_LARGE: u16 = 431;

fn on(exchange: &Exchange, expected: &str, holds: impl FnOnce(&Response) -> bool) -> Finding {
    let Some(response) = exchange.response() else { return answer::unanswered(exchange, expected) };
    let actual = format!("{}: {}", exchange.request.label(), reply::shown(response));
    Finding::check(holds(response), expected, actual, exchange)
}

/// The request was refused as the client's fault, with nothing in the answer that was asked for.
#[must_use]
pub(crate) fn is_refused(exchange: &Exchange) -> Finding {
    on(exchange, "HTTP 4xx and no JSON-RPC result", |response| {
        (400..500).contains(&response.status) && jsonrpc::result(response).is_none()
    })
}

/// Malformed credentials were answered with 400 and `invalid_request` (RFC 6750 §3.1), or with 431 where they are too
/// long.
#[must_use]
pub(crate) fn is_invalid_request(exchange: &Exchange, too_long: bool) -> Finding {
    let also = if too_long { ", or HTTP 431" } else { "" };
    on(exchange, &format!("HTTP 400 with error=\"invalid_request\" in a challenge{also}"), |response| {
        let error = bearer(response).and_then(|challenge| challenge.param("error").map(str::to_owned));
        let invalid = response.status == 400 && error.as_deref() == Some("invalid_request");
        invalid || (too_long && response.status == FIELDS_TOO_LARGE)
    })
}

/// A mismatch between header fields and content was refused with its own code. Where the token does not suffice for
/// one of the two either, a 403 is as good: which is looked at first is not laid down.
#[must_use]
pub(crate) fn mismatch_is_refused(exchange: &Exchange, scope_is_missing: bool) -> Finding {
    let also = if scope_is_missing { ", or HTTP 403" } else { "" };
    on(exchange, &format!("HTTP 400 with JSON-RPC error {HEADER_MISMATCH}{also}, and no result"), |response| {
        let mismatch = response.status == 400 && jsonrpc::error_code(response) == Some(HEADER_MISMATCH);
        jsonrpc::result(response).is_none() && (mismatch || (scope_is_missing && response.status == 403))
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
    use rstest::rstest;

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
