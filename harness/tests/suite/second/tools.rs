//! The tools with a memory of their own: state handles, a demand for input, and a task, each for the user who got it.

use super::server::random;
use serde_json::{Value, json};
use std::collections::HashMap;

/// What the tools remember.
#[derive(Default)]
pub struct Tools {
    /// Handle to owner.
    handles: HashMap<String, String>,
    /// requestState to owner and arguments.
    states: HashMap<String, (String, Value)>,
    /// Task to owner.
    tasks: HashMap<String, String>,
    /// What each user wrote.
    notes: HashMap<String, Vec<String>>,
}

/// The tools that can be called without being told more, and the one that needs a scope.
pub fn list() -> Value {
    json!({ "tools": [
        { "name": "get_time", "inputSchema": {}, "annotations": { "readOnlyHint": true } },
        { "name": "list_notes", "inputSchema": {}, "annotations": { "readOnlyHint": true } },
        { "name": "write", "inputSchema": { "required": ["text"] } },
    ] })
}

/// A resource and a prompt, for each of the methods about them; nothing for any other method.
pub fn document(method: &str) -> Option<Value> {
    let argument = json!({ "name": "style" });
    Some(match method {
        "resources/list" => json!({ "resources": [{ "uri": "calendar://today", "name": "today" }] }),
        "resources/templates/list" => json!({ "resourceTemplates": [] }),
        "resources/read" => json!({ "contents": [{ "uri": "calendar://today", "text": "nothing" }] }),
        "prompts/list" => json!({ "prompts": [{ "name": "plan", "arguments": [argument] }] }),
        "prompts/get" => json!({ "messages": [] }),
        "completion/complete" => json!({ "completion": { "values": [] } }),
        "logging/setLevel" | "ping" => json!({}),
        _ => return None,
    })
}

fn refused() -> Result<Value, Value> {
    Err(json!({ "code": -32602, "message": "there is no such thing" }))
}

impl Tools {
    pub fn call(&mut self, user: &str, name: &str, params: &Value) -> Result<Value, Value> {
        match name {
            "make_handle" => {
                let handle = random();
                self.handles.insert(handle.clone(), user.to_owned());
                Ok(json!({ "content": [], "structuredContent": { "handle": handle } }))
            }
            "use_handle" => {
                let handle = params.pointer("/arguments/handle").and_then(Value::as_str).unwrap_or_default();
                let owned = self.handles.get(handle).is_some_and(|owner| owner == user);
                Ok(json!({ "content": [], "isError": !owned }))
            }
            "ask" => self.ask(user, params),
            "redeem" => {
                let outcome = self.ask(user, params);
                let used = params.get("requestState").and_then(Value::as_str);
                used.map(|state| self.states.remove(state));
                outcome
            }
            "work" => {
                let id = random();
                self.tasks.insert(id.clone(), user.to_owned());
                let task = json!({ "taskId": id, "status": "working" });
                Ok(json!({ "resultType": "task", "taskId": id, "task": task }))
            }
            "write" => {
                let note = params.pointer("/arguments/text").and_then(Value::as_str).unwrap_or_default();
                self.notes.entry(user.to_owned()).or_default().push(note.to_owned());
                Ok(json!({ "content": [{ "type": "text", "text": "done" }] }))
            }
            "list_notes" => {
                let notes = self.notes.get(user).map(|notes| notes.join("\n")).unwrap_or_default();
                Ok(json!({ "content": [{ "type": "text", "text": notes }] }))
            }
            "get_time" => Ok(json!({ "content": [{ "type": "text", "text": "noon" }] })),
            _ => refused(),
        }
    }

    /// Demands input, or goes on with it when the state is that of the same user and the same arguments.
    fn ask(&mut self, user: &str, params: &Value) -> Result<Value, Value> {
        let Some(state) = params.get("requestState").and_then(Value::as_str) else {
            let state = random();
            self.states.insert(state.clone(), (user.to_owned(), params["arguments"].clone()));
            return Ok(demand(&state));
        };
        match self.states.get(state) {
            Some((owner, asked)) if owner == user && *asked == params["arguments"] => Ok(json!({ "content": [] })),
            _ => refused(),
        }
    }

    pub fn about_task(&self, user: &str, method: &str, id: &str) -> Result<Value, Value> {
        if method == "tasks/list" {
            let own = self.tasks.iter().filter(|(_, owner)| *owner == user);
            return Ok(json!({ "tasks": own.map(|(id, _)| json!({ "taskId": id })).collect::<Vec<_>>() }));
        }
        match self.tasks.get(id) {
            Some(owner) if owner == user => Ok(json!({ "taskId": id, "status": "working" })),
            _ => refused(),
        }
    }
}

fn demand(state: &str) -> Value {
    let asked = json!({ "type": "object", "properties": { "colour": { "type": "string" } } });
    let elicitation = json!({ "method": "elicitation/create", "params": { "mode": "form", "requestedSchema": asked } });
    json!({ "resultType": "input_required", "inputRequests": { "colour": elicitation }, "requestState": state })
}
