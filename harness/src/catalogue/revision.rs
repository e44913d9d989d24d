//! Protocol revisions of MCP, in the order in which they were published.

use std::fmt;
use std::str::FromStr;

/// A published revision of the MCP specification that says something about authorization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Revision {
    /// 2025-03-26: the MCP server is its own authorization server.
    V2025_03_26,
    /// 2025-06-18: the MCP server becomes an OAuth resource server with protected resource metadata.
    V2025_06_18,
    /// 2025-11-25: discovery order, step-up, PKCE metadata, client metadata documents.
    V2025_11_25,
    /// 2026-07-28: stateless; no handshake and no sessions.
    V2026_07_28,
}

impl Revision {
    /// All revisions, oldest first.
    pub const ALL: [Self; 4] = [Self::V2025_03_26, Self::V2025_06_18, Self::V2025_11_25, Self::V2026_07_28];

    /// The name by which the revision is known on the wire and in tags.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V2025_03_26 => "2025-03-26",
            Self::V2025_06_18 => "2025-06-18",
            Self::V2025_11_25 => "2025-11-25",
            Self::V2026_07_28 => "2026-07-28",
        }
    }

    /// Whether requests stand alone, without a handshake and without `Mcp-Session-Id`.
    #[must_use]
    pub const fn is_stateless(self) -> bool {
        matches!(self, Self::V2026_07_28)
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A revision that this harness does not know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown revision `{0}`; known are 2025-03-26, 2025-06-18, 2025-11-25 and 2026-07-28")]
pub struct UnknownRevision(pub String);

impl FromStr for Revision {
    type Err = UnknownRevision;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|revision| revision.as_str() == text).ok_or_else(|| UnknownRevision(text.to_owned()))
    }
}
