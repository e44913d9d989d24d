//! How a server treats a client that lacks an extension, or has one that the server lacks.

use super::{Finding, answer, jsonrpc};
use crate::wire::Exchange;

/// The request was served, or refused with a status or a JSON-RPC error that tells why; not with a failure or silence.
#[must_use]
pub fn served_or_refused(exchange: &Exchange) -> Finding {
    let expected = "a result, a JSON-RPC error, or a refusal with 401 or 403";
    match &exchange.answer {
        Err(_) => answer::unanswered(exchange, expected),
        Ok(response) => {
            let told = jsonrpc::result(response).is_some() || jsonrpc::error_code(response).is_some();
            let holds = response.status < 500 && (told || matches!(response.status, 401 | 403));
            Finding::check(holds, expected, answer::shown(response), exchange)
        }
    }
}
