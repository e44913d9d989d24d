//! A variation of the subject at one revision, and what is remembered of it across scenarios.

use super::{AuthorityBench, AuthorityStage, ClientBench, ClientStage, ServerBench, ServerStage};
use crate::catalogue::Revision;
use crate::mutation::Mutant;
use std::fmt;
use std::sync::Arc;

/// The subject as it is, or one mutant of it, at one revision.
#[derive(Clone, Copy, Debug)]
pub struct Variation {
    /// The revision spoken.
    pub revision: Revision,
    /// The mutant, unless the subject is judged as it is.
    pub mutant: Option<&'static Mutant>,
}

impl Variation {
    /// The subject as it is.
    #[must_use]
    pub const fn honest(revision: Revision) -> Self {
        Self { revision, mutant: None }
    }
}

impl fmt::Display for Variation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.mutant {
            None => write!(f, "{}", self.revision),
            Some(mutant) => write!(f, "{} with “{}”", self.revision, mutant.name),
        }
    }
}

/// The benches of a run, by role; a role that is not judged has none.
#[derive(Default)]
pub struct Bench {
    /// Around an MCP server.
    pub server: Option<Arc<ServerBench>>,
    /// Around an MCP client.
    pub client: Option<Arc<ClientBench>>,
    /// Around an authorization server.
    pub authority: Option<Arc<AuthorityBench>>,
}

/// The benches set up for one variation.
pub struct Stage {
    /// The variation.
    pub variation: Variation,
    /// Around an MCP server.
    pub server: Option<ServerStage>,
    /// Around an MCP client.
    pub client: Option<ClientStage>,
    /// Around an authorization server.
    pub authority: Option<AuthorityStage>,
}

impl Stage {
    /// Sets up `variation` on `bench`.
    #[must_use]
    pub fn new(bench: &Bench, variation: Variation) -> Self {
        Self {
            variation,
            server: bench.server.clone().map(|bench| ServerStage::new(bench, variation)),
            client: bench.client.clone().map(|bench| ClientStage::new(bench, variation)),
            authority: bench.authority.clone().map(|bench| AuthorityStage::new(bench, variation)),
        }
    }

    /// How often the mutant of this variation changed an exchange.
    #[must_use]
    pub fn changes(&self) -> usize {
        self.server.as_ref().map_or(0, ServerStage::changes)
            + self.client.as_ref().map_or(0, ClientStage::changes)
            + self.authority.as_ref().map_or(0, AuthorityStage::changes)
    }
}
