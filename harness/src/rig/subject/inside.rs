//! A server as it looks with a valid token: the revisions it speaks and the tools it offers.

use super::http::Probe;
use crate::authority::Token;
use crate::catalogue::Revision;
use crate::judge::{answer, jsonrpc};
use crate::mcp::{Operation, ToolCall};
use crate::wire::{Response, Sender};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Whether the server speaks a revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spoken {
    /// It said so.
    Yes,
    /// It said that it does not, and how.
    No(String),
    /// It could not be seen, and why.
    Unseen(String),
}

/// A tool that the server offers.
#[derive(Clone, Debug, PartialEq)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its description, which is the server's text and is only shown.
    pub description: Option<String>,
    required: bool,
    read_only: Option<bool>,
    destructive: Option<bool>,
}

impl Tool {
    fn read(tool: &Value) -> Option<Self> {
        let hint = |name: &str| tool.pointer(&format!("/annotations/{name}")).and_then(Value::as_bool);
        let required = tool.pointer("/inputSchema/required").and_then(Value::as_array);
        Some(Self {
            name: tool.get("name")?.as_str()?.to_owned(),
            description: tool.get("description").and_then(Value::as_str).map(str::to_owned),
            required: required.is_some_and(|names| !names.is_empty()),
            read_only: hint("readOnlyHint"),
            destructive: hint("destructiveHint"),
        })
    }

    /// A call that probably does no harm: of a tool that needs no arguments, that does not call itself destructive, and
    /// rather of one that only reads.
    #[must_use]
    pub fn harmless(tools: &[Self]) -> Option<ToolCall> {
        let candidates = || tools.iter().filter(|tool| !tool.required && tool.destructive != Some(true));
        let found = candidates().find(|tool| tool.read_only == Some(true)).or_else(|| candidates().next())?;
        Some(ToolCall { name: found.name.clone(), arguments: Map::new() })
    }
}

/// What is seen with a valid token.
#[derive(Clone, Debug, Default)]
pub struct Inside {
    /// Each revision that was tried.
    pub spoken: BTreeMap<Revision, Spoken>,
    /// The tools, from the first revision at which they were listed.
    pub tools: Vec<Tool>,
}

impl Inside {
    /// Looks at `endpoint` with `token`, at each of `revisions`.
    pub async fn look(endpoint: &str, sender: &Sender, token: &Token, revisions: &[Revision]) -> Self {
        let probe = Probe::new(endpoint, sender, Some(token));
        let mut seen = Self::default();
        for revision in revisions {
            let (spoken, session) = if revision.is_stateless() {
                let answer = probe.operation(*revision, None, &Operation::Discover).await;
                (answer.answer.as_ref().map_or_else(silent, |response| discovered(response, *revision)), None)
            } else {
                let (answer, session) = probe.initialize(*revision).await;
                (answer.answer.as_ref().map_or_else(silent, |response| initialized(response, *revision)), session)
            };
            if spoken == Spoken::Yes && seen.tools.is_empty() {
                let listed = probe.operation(*revision, session.as_deref(), &Operation::ToolsList).await;
                seen.tools = listed.response().map(tools).unwrap_or_default();
            }
            seen.spoken.insert(*revision, spoken);
        }
        seen
    }

    /// The revisions that it says it does not speak, with the evidence; none when it said of none that it does, for then
    /// something else is wrong.
    #[must_use]
    pub fn unspoken(&self) -> Vec<(Revision, String)> {
        if !self.spoken.values().any(|spoken| *spoken == Spoken::Yes) {
            return Vec::new();
        }
        let no = |(revision, spoken): (&Revision, &Spoken)| match spoken {
            Spoken::No(how) => Some((*revision, format!("the server does not speak {revision}: {how}"))),
            Spoken::Yes | Spoken::Unseen(_) => None,
        };
        self.spoken.iter().filter_map(no).collect()
    }
}

fn silent(failure: &crate::wire::Failure) -> Spoken {
    Spoken::Unseen(failure.to_string())
}

fn initialized(response: &Response, revision: Revision) -> Spoken {
    let version = jsonrpc::result(response).and_then(|mut result| result.get_mut("protocolVersion").map(Value::take));
    match version {
        Some(Value::String(version)) if version == revision.as_str() => Spoken::Yes,
        Some(version) => Spoken::No(format!("initialize is answered with {version}")),
        None => other(response, "initialize"),
    }
}

fn discovered(response: &Response, revision: Revision) -> Spoken {
    let Some(result) = jsonrpc::result(response) else { return other(response, "server/discover") };
    let versions = result.get("supportedVersions").and_then(Value::as_array);
    match versions {
        Some(versions) if !versions.iter().any(|version| version == revision.as_str()) => {
            Spoken::No(format!("server/discover names the versions {}", Value::Array(versions.clone())))
        }
        _ => Spoken::Yes,
    }
}

/// An error of MCP or a refusal of the request itself says that the version is not spoken; a refusal of the token and a
/// failure of the server say nothing.
fn other(response: &Response, operation: &str) -> Spoken {
    let seen = format!("{operation} is answered by {}", answer::shown(response));
    let says_no = match response.status {
        200 => jsonrpc::error_code(response).is_some(),
        400 | 404 | 405 | 406 => true,
        _ => false,
    };
    if says_no { Spoken::No(seen) } else { Spoken::Unseen(seen) }
}

/// The tools in an answer to `tools/list`.
pub(super) fn tools(response: &Response) -> Vec<Tool> {
    let result = jsonrpc::result(response).unwrap_or_default();
    result.get("tools").and_then(Value::as_array).into_iter().flatten().filter_map(Tool::read).collect()
}
