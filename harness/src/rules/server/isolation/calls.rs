//! The calls that the rules about isolation make: with a handle, with answers to a demand for input, about a task, with
//! values that name another user. Builds operations and header fields; sends nothing.

use crate::mcp::{Call, Operation, ToolCall};
use crate::rules::server::common::words::worded;
use http::header::COOKIE;
use http::{HeaderName, HeaderValue};
use serde_json::{Value, json};

worded! {
    /// What can be asked for about a task.
    TaskMethod {
        /// Its state.
        Get = "tasks/get",
        /// Its end.
        Cancel = "tasks/cancel",
        /// Its result.
        Result = "tasks/result",
        /// All tasks of the caller.
        List = "tasks/list",
        /// Input for it.
        Update = "tasks/update",
    }
}

worded! {
    /// What happens to a requestState on its way back.
    Alteration {
        /// Another character in the middle.
        Changed = "changed in the middle",
        /// Only the first half comes back.
        Shortened = "shortened by its second half",
        /// Something else comes back, an empty object in base64url.
        Replaced = "replaced by another text",
    }
}

impl Alteration {
    /// The altered state.
    pub(super) fn of(self, state: &str) -> String {
        let middle = state.chars().count() / 2;
        let turn = |c: char| if c == 'A' { 'B' } else { 'A' };
        match self {
            Self::Changed => state.chars().enumerate().map(|(at, c)| if at == middle { turn(c) } else { c }).collect(),
            Self::Shortened => state.chars().take(middle).collect(),
            Self::Replaced => "e30".to_owned(),
        }
    }
}

worded! {
    /// Where a requestState is taken that was made for one user and one request.
    Elsewhere {
        /// To the same call by another user.
        OtherUser = "by another user",
        /// To a call with something else in its arguments.
        OtherArguments = "with other arguments",
    }
}

/// The call of the tool that takes a handle.
pub(super) fn with_handle(take: &ToolCall, handle: &str) -> Operation {
    let mut call = take.clone();
    for value in call.arguments.values_mut() {
        if let Value::String(text) = value {
            *text = text.replace("{handle}", handle);
        }
    }
    Operation::ToolsCall(call)
}

/// The call of a tool that demands input: the first time, or with the answers to the demand and its requestState.
pub(crate) fn demand(tool: &ToolCall, state: Option<(&str, &Value)>) -> Operation {
    let capabilities = json!({ "elicitation": { "form": {}, "url": {} }, "sampling": {}, "roots": {} });
    let mut params = json!({
        "name": tool.name,
        "arguments": tool.arguments,
        "_meta": { "io.modelcontextprotocol/clientCapabilities": capabilities },
    });
    if let Some((state, demand)) = state {
        params["requestState"] = state.into();
        params["inputResponses"] = responses(demand);
    }
    Operation::Call(Call { words: format!("tools/call {}", tool.name), method: "tools/call", params })
}

/// An answer to each thing demanded, as plain as its kind allows.
fn responses(demand: &Value) -> Value {
    let requests = demand.get("inputRequests").and_then(Value::as_object);
    let answered = requests.into_iter().flatten().map(|(key, request)| {
        let response = match request.get("method").and_then(Value::as_str) {
            Some("roots/list") => json!({ "roots": [] }),
            Some("sampling/createMessage") => json!({
                "role": "assistant", "content": { "type": "text", "text": "yes" }, "model": "none", "stopReason": "endTurn"
            }),
            _ => json!({ "action": "accept", "content": filled(request) }),
        };
        (key.clone(), response)
    });
    Value::Object(answered.collect())
}

fn filled(request: &Value) -> Value {
    let properties = request.pointer("/params/requestedSchema/properties").and_then(Value::as_object);
    let filled = properties.into_iter().flatten().map(|(name, schema)| {
        let choice = schema.pointer("/enum/0").cloned();
        let value = choice.unwrap_or_else(|| match schema.get("type").and_then(Value::as_str) {
            Some("boolean") => true.into(),
            Some("integer" | "number") => 1.into(),
            _ => "yes".into(),
        });
        (name.clone(), value)
    });
    Value::Object(filled.collect())
}

/// Puts another text in the place of one of the arguments; `false` where there is none.
pub(super) fn change_an_argument(tool: &mut ToolCall) -> bool {
    let text = tool.arguments.values_mut().find(|value| value.is_string());
    text.map(|text| *text = json!("something else")).is_some()
}

/// The call that creates a task.
pub(super) fn task(tool: &ToolCall) -> Operation {
    let params = json!({
        "name": tool.name,
        "arguments": tool.arguments,
        "task": { "ttl": 60_000 },
        "_meta": with_tasks(),
    });
    Operation::Call(Call { words: format!("tools/call {}", tool.name), method: "tools/call", params })
}

/// A call about a task.
pub(super) fn about_task(method: TaskMethod, id: &str) -> Operation {
    let mut params = json!({ "taskId": id, "_meta": with_tasks() });
    if method == TaskMethod::Update {
        params["inputResponses"] = json!({});
    }
    Operation::Call(Call { words: method.to_string(), method: method.as_str(), params })
}

/// The call that lists the tasks of the caller.
pub(super) fn list_of_tasks() -> Operation {
    let params = json!({ "_meta": with_tasks() });
    Operation::Call(Call { words: TaskMethod::List.to_string(), method: TaskMethod::List.as_str(), params })
}

fn with_tasks() -> Value {
    json!({ "io.modelcontextprotocol/clientCapabilities": { "extensions": { "io.modelcontextprotocol/tasks": {} } } })
}

/// The fields in which proxies tell a server who has logged in.
pub(super) fn claims_in_headers(value: &str) -> Vec<(HeaderName, HeaderValue)> {
    const FIELDS: [&str; 9] = [
        "x-user-id",
        "x-user",
        "x-username",
        "x-forwarded-user",
        "x-auth-request-user",
        "x-remote-user",
        "remote-user",
        "x-subject",
        "x-amzn-oidc-identity",
    ];
    let Ok(value) = HeaderValue::from_str(value) else { return Vec::new() };
    FIELDS.iter().map(|name| (HeaderName::from_static(name), value.clone())).collect()
}

/// A Cookie field with these pairs.
pub(super) fn cookies(values: &[(String, String)]) -> Vec<(HeaderName, HeaderValue)> {
    let pairs = values.iter().map(|(name, text)| format!("{name}={text}")).collect::<Vec<_>>().join("; ");
    HeaderValue::from_str(&pairs).map(|value| vec![(COOKIE, value)]).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(Alteration::Changed, "abcdef", "abcAef")]
    #[case(Alteration::Changed, "abcAef", "abcBef")]
    #[case(Alteration::Shortened, "abcdef", "abc")]
    #[case(Alteration::Replaced, "abcdef", "e30")]
    fn a_state_that_was_altered_is_another(#[case] alteration: Alteration, #[case] state: &str, #[case] altered: &str) {
        assert_eq!(alteration.of(state), altered);
    }
}
