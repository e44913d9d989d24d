//! What a server elicits from a user by way of the client, in whichever form the revision has it. A reader without
//! opinions.

use super::jsonrpc;
use crate::wire::Response;
use serde_json::Value;

/// The JSON-RPC error by which a server demands that a URL is opened first (MCP 2025-11-25).
const URL_ELICITATION_REQUIRED: i64 = -32042;

/// The parameters of everything that an answer elicits.
#[must_use]
pub fn elicited(response: &Response) -> Vec<Value> {
    let mut found = Vec::new();
    for message in jsonrpc::messages(response) {
        if is_elicitation(&message) {
            found.extend(message.get("params").cloned());
        }
        if message.pointer("/error/code").and_then(Value::as_i64) == Some(URL_ELICITATION_REQUIRED) {
            let demanded = message.pointer("/error/data/elicitations").and_then(Value::as_array);
            found.extend(demanded.cloned().unwrap_or_else(|| vec![Value::Null]));
        }
        let inputs = message.pointer("/result/inputRequests").and_then(Value::as_object);
        let inputs = inputs.into_iter().flat_map(serde_json::Map::values).filter(|request| is_elicitation(request));
        found.extend(inputs.filter_map(|request| request.get("params").cloned()));
    }
    found
}

fn is_elicitation(message: &Value) -> bool {
    message.get("method").is_some_and(|method| method == "elicitation/create")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(r#"{"method":"elicitation/create","params":{"mode":"url"}}"#)]
    #[case(r#"{"error":{"code":-32042,"data":{"elicitations":[{"mode":"url"}]}}}"#)]
    #[case(r#"{"result":{"inputRequests":{"a":{"method":"elicitation/create","params":{"mode":"url"}}}}}"#)]
    fn an_elicitation_is_found_in_every_form(#[case] body: &str) {
        let (headers, body) = (http::HeaderMap::new(), body.to_owned().into());
        assert_eq!(elicited(&Response { status: 200, headers, body, truncated: false }).len(), 1);
    }
}
