//! Whether a server says that it takes part in an extension, and how it treats a client that lacks one or has one that the
//! server lacks.

use crate::findings::{Finding, answer};
use crate::protocol::challenge::has_scheme;
use crate::protocol::jsonrpc;
use crate::protocol::metadata::Attempt;
use crate::protocol::reply;
use crate::wire::Exchange;
use serde_json::Value;

/// Whether a server says that it takes part in DPoP: by a challenge (RFC 9449 §7.1), or in its metadata (RFC 9728 §2).
///
/// That a token is accepted behind the scheme `DPoP` says nothing: a server may not look at the scheme at all.
#[must_use]
pub(crate) fn declares_dpop(refusal: &Exchange, attempts: &[Attempt]) -> bool {
    let challenged = refusal.response().is_some_and(|response| has_scheme(response, "DPoP"));
    let says = |attempt: &Attempt| {
        let document = attempt.document().unwrap_or_default();
        let algorithms = document.get("dpop_signing_alg_values_supported").and_then(Value::as_array);
        let required = document.get("dpop_bound_access_tokens_required");
        algorithms.is_some_and(|named| !named.is_empty()) || required == Some(&Value::Bool(true))
    };
    challenged || attempts.iter().any(says)
}

/// The request was served, or refused with a status or a JSON-RPC error that tells why; not with a failure or silence.
#[must_use]
pub(crate) fn served_or_refused(exchange: &Exchange) -> Finding {
    let expected = "a result, a JSON-RPC error, or a refusal with 401 or 403";
    match &exchange.answer {
        Err(_) => answer::unanswered(exchange, expected),
        Ok(response) => {
            let told = jsonrpc::result(response).is_some() || jsonrpc::error_code(response).is_some();
            let holds = response.status < 500 && (told || matches!(response.status, 401 | 403));
            Finding::check(holds, expected, reply::shown(response), exchange)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::metadata::Way;
    use crate::wire::{Request, Response};
    use http::header::{HeaderMap, HeaderValue, WWW_AUTHENTICATE};
    use rstest::rstest;
    use serde_json::json;
    use std::time::Duration;

    fn answered(status: u16, headers: HeaderMap, body: String) -> Exchange {
        let response = Response { status, headers, body: body.into(), truncated: false };
        let request = Request::get("a request", "http://localhost/mcp");
        Exchange { number: 1, request, answer: Ok(response), honest: None, took: Duration::ZERO }
    }

    #[rstest]
    #[case::nothing("Bearer realm=\"mcp\"", json!({}), false)]
    #[case::by_challenge("Bearer realm=\"mcp\", DPoP algs=\"ES256\"", json!({}), true)]
    #[case::by_algorithms("Bearer realm=\"mcp\"", json!({ "dpop_signing_alg_values_supported": ["ES256"] }), true)]
    #[case::by_no_algorithm("Bearer realm=\"mcp\"", json!({ "dpop_signing_alg_values_supported": [] }), false)]
    #[case::by_requirement("Bearer realm=\"mcp\"", json!({ "dpop_bound_access_tokens_required": true }), true)]
    #[case::by_no_requirement("Bearer realm=\"mcp\"", json!({ "dpop_bound_access_tokens_required": false }), false)]
    fn a_server_takes_part_in_dpop_when_it_says_so(
        #[case] field: &'static str,
        #[case] document: Value,
        #[case] expected: bool,
    ) {
        let headers = HeaderMap::from_iter([(WWW_AUTHENTICATE, HeaderValue::from_static(field))]);
        let refusal = answered(401, headers, String::new());
        let exchange = answered(200, HeaderMap::new(), document.to_string());
        let found =
            Attempt { way: Way::Root, identifier: "http://localhost".to_owned(), redirects: Vec::new(), exchange };

        assert_eq!(declares_dpop(&refusal, &[found]), expected);
    }
}
