//! What an MCP server can do wrong with tokens that are not for it, and in place of refusing.

use super::purpose::{ElicitingWithoutToken, HalfAMessage};
use crate::bench::Under;
use crate::mcp::Operation;
use crate::rules::server::mutants::*;

/// A call of this method by a client that supports elicitation and presents no token.
fn eliciting(request: &Request, method: &str) -> bool {
    let under = Under::of::<ElicitingWithoutToken>(request);
    under.is_some_and(|(operation, _)| matches!(operation, Operation::Call(call) if call.method == method))
}

pub(crate) const MUTANTS: &[Mutant] = &[
    at(with_audience, accepts!("a token of an upstream's authorization server", &["RS-PASS-02"])),
    mutant(
        "elicits a login instead of refusing",
        &["RS-PASS-04"],
        &[],
        &[Act::Answer(
            |request, _| eliciting(request, "tools/call"),
            Change::Json(
                200,
                r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32042,"message":"log in","data":{"elicitations":
                [{"mode":"url","elicitationId":"1","url":"https://mcp.example/login","message":"log in"}]}}}"#,
            ),
        )],
    ),
    mutant(
        "answers with a stack trace to what it cannot read",
        &["RS-PASS-10"],
        &[],
        &[Act::Answer(
            |request, _| request.purpose.is(&HalfAMessage),
            Change::Json(400, r#"{"error":"SyntaxError\n    at parse (/app/server.js:10:5)"}"#),
        )],
    ),
    mutant(
        "refuses with a request to elicit beside it",
        &["RS-PASS-04"],
        &[],
        &[Act::Answer(
            |request, _| eliciting(request, "tools/list"),
            Change::Json(
                401,
                r#"{"jsonrpc":"2.0","id":1,"result":{"resultType":"input_required","inputRequests":
                {"login":{"method":"elicitation/create","params":{"mode":"url","url":"https://mcp.example/login"}}}}}"#,
            ),
        )],
    ),
];
