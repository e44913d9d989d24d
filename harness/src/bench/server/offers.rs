//! What a server offers beyond the operations that the feature files name: every tool that may be called without
//! consequence, resources, prompts, completion, logging, subscriptions. It is asked with a valid token, by the capabilities
//! that the server declares, and what succeeds is offered.

use crate::bench::{Credential, ServerStage};
use crate::mcp::{Call, Operation, ToolCall};
use crate::protocol::jsonrpc;
use crate::token_name::VALID;
use crate::tokens::Cannot;
use crate::wire::{Exchange, Purpose};
use serde_json::{Map, Value, json};

/// What the requests are for.
const FOUND: &str = "to see what is offered";
/// So many tools are called; a server that has more is taken to guard them alike.
const TOOLS: usize = 20;

/// An operation that the server carries out for a valid token.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The operation.
    pub operation: Operation,
    /// How it was carried out.
    pub control: Exchange,
}

impl ServerStage {
    /// What the server offers, asked for once.
    ///
    /// # Errors
    /// When no valid token can be had.
    pub async fn offers(&self) -> Result<&[Offer], Cannot> {
        let user = Credential::bearer(self.token(&VALID).await?);
        Ok(self.offered.get_or_init(|| self.find_offers(user)).await)
    }

    /// The capabilities that the server declares to a user, asked for once; nothing where it declares none.
    pub async fn declared_capabilities(&self, user: &Credential) -> &Value {
        let ask = async || {
            let opened = match self.revision().is_stateless() {
                true => self.send_as(&Operation::Discover, FOUND, Some(user), &[]).await,
                false => self.open_session_as(user).await.0,
            };
            let result = opened.response().and_then(jsonrpc::result).unwrap_or_default();
            result.get("capabilities").cloned().unwrap_or_default()
        };
        self.capabilities.get_or_init(ask).await
    }

    async fn find_offers(&self, user: Credential) -> Vec<Offer> {
        let mut seeker = Seeker { server: self, user, found: Vec::new() };
        let declared = self.declared_capabilities(&seeker.user).await;
        let has = |name: &str| declared.get(name).is_some_and(Value::is_object);
        seeker.tools().await;
        if has("resources") {
            seeker.resources().await;
        }
        if has("prompts") {
            seeker.prompts(has("completions")).await;
        }
        if self.revision().is_stateless() {
            seeker.ask(Operation::Listen).await;
        } else {
            if has("logging") {
                seeker.call("logging/setLevel", json!({ "level": "info" })).await;
            }
            seeker.call("ping", json!({})).await;
        }
        seeker.found
    }
}

/// A user who looks around.
struct Seeker<'a> {
    server: &'a ServerStage,
    user: Credential,
    found: Vec<Offer>,
}

impl Seeker<'_> {
    /// Asks for an operation, and keeps it where it is carried out and the answer holds something.
    async fn ask(&mut self, operation: Operation) -> Value {
        let control = self.server.send_as(&operation, Purpose::from(FOUND), Some(&self.user), &[]).await;
        let Some(response) = control.response() else { return Value::Null };
        let result = jsonrpc::result(response).unwrap_or_default();
        let streams = operation == Operation::Listen
            && response.is_success()
            && response.media_type().as_deref() == Some("text/event-stream");
        let says_nothing = |result: &Map<String, Value>| {
            let carries = |(name, _): (&String, &Value)| !matches!(name.as_str(), "_meta" | "resultType");
            matches!(&operation, Operation::Call(call) if call.method == "ping") && !result.iter().any(carries)
        };
        let holds = result
            .as_object()
            .is_some_and(|result| result.get("isError") != Some(&Value::Bool(true)) && !says_nothing(result));
        if holds || streams {
            self.found.push(Offer { operation, control });
        }
        result
    }

    async fn call(&mut self, method: &'static str, params: Value) -> Value {
        self.ask(Operation::Call(Call { words: method.to_owned(), method, params })).await
    }

    async fn tools(&mut self) {
        let listed = self.ask(Operation::ToolsList).await;
        let bench = self.server.bench();
        let declared =
            [Some(&bench.tool), bench.capabilities.whoami.as_ref(), bench.effect.as_ref().map(|one| &one.read)];
        let mut calls: Vec<ToolCall> = declared.into_iter().flatten().cloned().collect();
        calls.extend(listed.get("tools").and_then(Value::as_array).into_iter().flatten().filter_map(harmless));
        let mut asked: Vec<String> = Vec::new();
        for call in calls {
            if call.is_unknown() || asked.contains(&call.name) || asked.len() == TOOLS {
                continue;
            }
            asked.push(call.name.clone());
            self.ask(Operation::ToolsCall(call)).await;
        }
    }

    async fn resources(&mut self) {
        let listed = self.call("resources/list", json!({})).await;
        self.call("resources/templates/list", json!({})).await;
        if let Some(uri) = listed.pointer("/resources/0/uri").and_then(Value::as_str) {
            self.call("resources/read", json!({ "uri": uri })).await;
        }
    }

    async fn prompts(&mut self, with_completion: bool) {
        let listed = self.call("prompts/list", json!({})).await;
        let prompts = listed.get("prompts").and_then(Value::as_array).cloned().unwrap_or_default();
        let arguments = |prompt: &Value| prompt.get("arguments").and_then(Value::as_array).cloned().unwrap_or_default();
        let undemanding =
            |prompt: &&Value| arguments(prompt).iter().all(|one| one.get("required") != Some(&json!(true)));
        if let Some(name) = prompts.iter().find(undemanding).and_then(|prompt| prompt.get("name")?.as_str()) {
            self.call("prompts/get", json!({ "name": name })).await;
        }
        let completed = prompts.iter().find_map(|prompt| {
            let argument = arguments(prompt).first()?.get("name")?.as_str()?.to_owned();
            Some((prompt.get("name")?.as_str()?.to_owned(), argument))
        });
        if let (true, Some((prompt, argument))) = (with_completion, completed) {
            let reference = json!({ "type": "ref/prompt", "name": prompt });
            let params = json!({ "ref": reference, "argument": { "name": argument, "value": "" } });
            self.call("completion/complete", params).await;
        }
    }
}

/// A call of a tool that says that it only reads, and that needs no arguments.
fn harmless(tool: &Value) -> Option<ToolCall> {
    let reads = tool.pointer("/annotations/readOnlyHint") == Some(&Value::Bool(true));
    let required = tool.pointer("/inputSchema/required").and_then(Value::as_array);
    let name = tool.get("name")?.as_str()?.to_owned();
    (reads && required.is_none_or(Vec::is_empty)).then(|| ToolCall { name, arguments: Map::new() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(json!({ "name": "time", "annotations": { "readOnlyHint": true } }), true)]
    #[case(json!({ "name": "reset" }), false)]
    #[case(json!({ "name": "find", "annotations": { "readOnlyHint": true }, "inputSchema": { "required": ["q"] } }), false)]
    fn only_tools_that_read_and_need_nothing_are_called(#[case] tool: Value, #[case] expected: bool) {
        assert_eq!(harmless(&tool).is_some(), expected);
    }
}
