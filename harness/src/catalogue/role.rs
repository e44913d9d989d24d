//! The parties that can be judged.

use std::fmt;
use std::str::FromStr;

/// The party under judgement. The bench plays all the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// An MCP server as OAuth protected resource.
    Server,
    /// An MCP client.
    Client,
    /// An authorization server.
    Authority,
}

impl Role {
    /// All roles, in the order in which they are reported.
    pub const ALL: [Self; 3] = [Self::Server, Self::Client, Self::Authority];

    /// The name in tags, folders and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Client => "client",
            Self::Authority => "authority",
        }
    }

    /// Whether the wire that the role speaks differs from one protocol revision to the next. An authorization server
    /// never sees MCP, so probing it once says all there is to say.
    #[must_use]
    pub const fn speaks_mcp(self) -> bool {
        !matches!(self, Self::Authority)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| format!("unknown role `{text}`; known are server, client and authority"))
    }
}
