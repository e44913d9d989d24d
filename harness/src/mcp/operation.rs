//! What a client can ask of a server, in the words of the feature files.

use serde_json::{Map, Value, json};
use std::fmt;
use std::str::FromStr;

/// A tool with arguments it accepts.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolCall {
    /// The tool's name.
    pub name: String,
    /// Arguments that are valid for it.
    #[serde(default)]
    pub arguments: Map<String, Value>,
}

/// What a tool is called when none is known. Nobody is asked to carry it out: a server refuses the request before it
/// looks for the tool, or is not asked.
const UNKNOWN_TOOL: &str = "unknown_tool";

impl ToolCall {
    /// A call of a tool that does not exist, for requests that must be refused before that matters.
    #[must_use]
    pub fn unknown() -> Self {
        Self { name: UNKNOWN_TOOL.to_owned(), arguments: Map::new() }
    }

    /// The call with `marker` in its text arguments, wherever they leave room for it.
    #[must_use]
    pub fn marked(&self, marker: &str) -> Self {
        let mut call = self.clone();
        for value in call.arguments.values_mut() {
            if let Value::String(text) = value {
                *text = text.replace("{marker}", marker);
            }
        }
        call
    }

    /// Whether no tool is known.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.name == UNKNOWN_TOOL
    }
}

/// A call that has no words of its own in the feature files.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// What it is for.
    pub words: String,
    /// The JSON-RPC method.
    pub method: &'static str,
    /// The parameters; members of its `_meta` are added to those that the revision demands, and replace them.
    pub params: Value,
}

/// An operation at the MCP endpoint.
#[derive(Clone, Debug, PartialEq)]
pub enum Operation {
    /// `initialize`, at revisions with a handshake.
    Initialize,
    /// `server/discover`, at stateless revisions.
    Discover,
    /// `tools/list`.
    ToolsList,
    /// `tools/call`.
    ToolsCall(ToolCall),
    /// A notification, which has no answer.
    Notification,
    /// The GET that opens a stream from the server, at revisions with a handshake.
    Stream,
    /// The DELETE that ends a session.
    EndSession,
    /// `subscriptions/listen`, at stateless revisions.
    Listen,
    /// Any other call.
    Call(Call),
    /// `ping`, which needs no authorization by itself, and `tools/list` in one JSON-RPC batch, at 2025-03-26.
    Batch {
        /// Whether `tools/list` comes first.
        protected_first: bool,
    },
}

/// Words that name no operation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no operation; see features/README.md for the names")]
pub struct UnknownOperation(pub String);

impl Operation {
    /// Reads an operation; `tools/call` calls `tool`.
    ///
    /// # Errors
    /// When the words name none.
    pub fn named(words: &str, tool: &ToolCall) -> Result<Self, UnknownOperation> {
        match words {
            "tools/call" => Ok(Self::ToolsCall(tool.clone())),
            words => words.parse(),
        }
    }
}

impl FromStr for Operation {
    type Err = UnknownOperation;

    fn from_str(words: &str) -> Result<Self, Self::Err> {
        Ok(match words {
            "initialize" => Self::Initialize,
            "server/discover" => Self::Discover,
            "tools/list" => Self::ToolsList,
            "a notification" => Self::Notification,
            "the GET stream" => Self::Stream,
            "the DELETE of a session" => Self::EndSession,
            "subscriptions/listen" => Self::Listen,
            "ping" => Self::Call(Call { words: words.to_owned(), method: "ping", params: json!({}) }),
            "a batch of ping and tools/list" => Self::Batch { protected_first: false },
            "a batch of tools/list and ping" => Self::Batch { protected_first: true },
            other => return Err(UnknownOperation(other.to_owned())),
        })
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Initialize => f.write_str("initialize"),
            Self::Discover => f.write_str("server/discover"),
            Self::ToolsList => f.write_str("tools/list"),
            Self::ToolsCall(tool) => write!(f, "tools/call {}", tool.name),
            Self::Notification => f.write_str("a notification"),
            Self::Stream => f.write_str("the GET stream"),
            Self::EndSession => f.write_str("the DELETE of a session"),
            Self::Listen => f.write_str("subscriptions/listen"),
            Self::Call(call) => f.write_str(&call.words),
            Self::Batch { protected_first: false } => f.write_str("a batch of ping and tools/list"),
            Self::Batch { protected_first: true } => f.write_str("a batch of tools/list and ping"),
        }
    }
}
