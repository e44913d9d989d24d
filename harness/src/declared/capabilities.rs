//! What a server has of the things that some requirements speak of, and by which means they can be probed.
//!
//! Told by the operator. A requirement about something that the server has not does not apply; about something that
//! nobody spoke of it is inconclusive, by name.

use crate::mcp::ToolCall;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Something that a server may have or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capability {
    /// A tool whose answer tells who calls.
    Identity,
    /// Tools that hand out handles to state (MCP 2026-07-28).
    StateHandles,
    /// Answers that demand input and carry `requestState` (MCP 2026-07-28).
    RequestState,
    /// Tasks (MCP 2025-11-25, an extension since).
    Tasks,
    /// Elicitation.
    Elicitation,
    /// An API behind it that it calls with credentials of its own.
    Upstream,
    /// Being a proxy with one client id at somebody else's authorization server.
    ConsentProxy,
    /// Sender-constrained tokens (RFC 9449).
    Dpop,
    /// Tokens of machines (the client credentials grant).
    ClientCredentials,
    /// Operations that need more scopes than every request does.
    ScopedOperations,
    /// A tool that changes something which another tool shows.
    Effects,
    /// JSON-RPC batches (MCP 2025-03-26).
    Batches,
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Identity => "a tool that tells who calls",
            Self::StateHandles => "tools that hand out state handles",
            Self::RequestState => "answers that demand input and carry requestState",
            Self::Tasks => "tasks",
            Self::Elicitation => "elicitation",
            Self::Upstream => "an upstream API",
            Self::ConsentProxy => "the part of a proxy before a third-party authorization server",
            Self::Dpop => "DPoP",
            Self::ClientCredentials => "tokens by client credentials",
            Self::ScopedOperations => "operations that need more than the base scopes",
            Self::Effects => "a tool whose effect another tool shows",
            Self::Batches => "JSON-RPC batches",
        })
    }
}

/// A tool that hands out a handle, and one that takes it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandleTool {
    /// The tool that hands out a handle.
    pub make: ToolCall,
    /// Where in its result the handle stands (RFC 6901).
    pub pointer: String,
    /// The tool that takes one; `{handle}` in its text arguments is replaced.
    pub take: ToolCall,
}

/// A tool that makes the server call its upstream API.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpstreamTool {
    /// The tool.
    pub call: ToolCall,
    /// The loopback port at which the server was told its upstream is; the harness listens there.
    pub port: u16,
}

/// The third party behind the server, which the harness plays: an authorization server that approves at once, and an API.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ThirdPartySeat {
    /// The loopback port at which the server was told the third party is. A server that the harness starts is told in
    /// `MCP_CONFORMANCE_THIRD_PARTY_URL`, and needs none.
    pub port: Option<u16>,
}

/// How a user gets through a proxy before a third-party authorization server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConsentProxy {
    /// What the button says by which a user consents.
    pub approve: String,
    /// The scope that clients ask for, if they must ask for one.
    pub scope: Option<String>,
    /// In which words the consent page shows a scope of the third party, where it does not show the scope itself.
    pub scope_words: BTreeMap<String, String>,
}

/// What an operator tells about a server.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Capabilities {
    /// What the server has not.
    pub lacks: BTreeSet<Capability>,
    /// Whether it takes part in DPoP, where neither its metadata nor its challenge says so.
    pub dpop: bool,
    /// A tool whose answer tells who calls.
    pub whoami: Option<ToolCall>,
    /// A tool that hands out handles.
    pub handle: Option<HandleTool>,
    /// A tool that demands input and sends `requestState` with the demand.
    pub request_state: Option<ToolCall>,
    /// A tool that demands input and sends a `requestState` that must be used once only.
    pub single_use_state: Option<ToolCall>,
    /// A tool that can run as a task.
    pub task: Option<ToolCall>,
    /// A tool that elicits something.
    pub elicitation: Option<ToolCall>,
    /// A tool that makes the server call its upstream API.
    pub upstream: Option<UpstreamTool>,
    /// The third party that the server sends users to, be it as a proxy or by elicitation.
    pub third_party: Option<ThirdPartySeat>,
    /// How to get through the server as a proxy before the third party.
    pub consent_proxy: Option<ConsentProxy>,
    /// The tool by which a user takes back what they granted behind an elicited URL.
    pub disconnect: Option<ToolCall>,
}

/// Why something cannot be probed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// The server has it not.
    #[error("the operator says that the server does not have {0}")]
    Absent(Capability),
    /// Nobody told.
    #[error("nobody told whether the server has {0}, and by which means it is used")]
    Undeclared(Capability),
}

impl Capabilities {
    /// The means by which `facility` is used, of those told.
    ///
    /// # Errors
    /// When there are none.
    pub fn of<'a, T>(&self, facility: Capability, told: Option<&'a T>) -> Result<&'a T, Missing> {
        match told {
            _ if self.lacks.contains(&facility) => Err(Missing::Absent(facility)),
            Some(capabilities) => Ok(capabilities),
            None => Err(Missing::Undeclared(facility)),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_operator_names_what_is_missing_and_what_there_is() {
        let capabilities: Capabilities =
            toml::from_str("lacks = [\"state-handles\"]\nwhoami = { name = \"whoami\" }").unwrap();
        assert_eq!(
            capabilities.of(Capability::StateHandles, Some(&())),
            Err(Missing::Absent(Capability::StateHandles))
        );
        assert_eq!(
            capabilities.of(Capability::Tasks, capabilities.task.as_ref()),
            Err(Missing::Undeclared(Capability::Tasks))
        );
        assert_eq!(capabilities.of(Capability::Identity, capabilities.whoami.as_ref()).unwrap().name, "whoami");
    }
}
