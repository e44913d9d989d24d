//! What a client under test sends its requests for, as far as it can be seen from outside: in which scene, to which party,
//! to which of its endpoints, and when.

use super::scene::{Party, Scene};
use crate::wire::purpose;
use std::fmt;

/// The endpoints and documents of the parties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    /// The MCP endpoint.
    Mcp,
    /// Protected resource metadata (RFC 9728).
    ResourceMetadata,
    /// Metadata of an authorization server (RFC 8414, OpenID Connect Discovery), wherever it is looked for.
    AuthorityMetadata,
    /// The authorization endpoint.
    Authorization,
    /// The token endpoint.
    Token,
    /// The registration endpoint (RFC 7591).
    Registration,
    /// The keys.
    Keys,
    /// Something else.
    Elsewhere,
}

impl Spot {
    /// The document that is at a well-known path (RFC 8615), if the path is one that clients look at.
    pub(super) fn well_known(path: &str) -> Option<Self> {
        let after = |suffix: &str| path.contains(&format!("/.well-known/{suffix}"));
        if after("oauth-protected-resource") {
            Some(Self::ResourceMetadata)
        } else if after("oauth-authorization-server") || after("openid-configuration") {
            Some(Self::AuthorityMetadata)
        } else {
            None
        }
    }
}

/// A request of a client under test.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    /// The scene.
    pub scene: &'static Scene,
    /// The party it was sent to.
    pub to: Party,
    /// What was asked there.
    pub spot: Spot,
    /// How often the MCP servers of the scene had turned to another issuer by then.
    pub turn: usize,
    /// The path.
    pub path: String,
}
purpose!(Sent);

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.to, self.path)
    }
}
