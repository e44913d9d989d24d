//! Servers of which everybody may use a part: most often the handshake and the list of tools, while calling a tool takes
//! a token. MCP leaves to the server what it protects, so what is open is declared, or at least seen, before anything is
//! held against it.

use crate::bench::{ServerBench, ServerStage};
use crate::mcp::Operation;

/// Whether an operation takes a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Openness {
    /// It does, as far as anybody knows.
    Protected,
    /// Everybody may use it, says the operator.
    Declared,
    /// The server answers some operations without a token, and nobody told which of them are meant to be open.
    Undeclared,
}

impl ServerBench {
    /// Whether `operation` takes a token.
    #[must_use]
    pub fn openness(&self, operation: &Operation) -> Openness {
        let name = operation.to_string();
        match (operation, &self.subject.public_operations) {
            (Operation::ToolsCall(_), _) => Openness::Protected,
            (_, Some(declared)) if declared.contains(&name) => Openness::Declared,
            (_, None) if !self.answered_without_token.is_empty() => Openness::Undeclared,
            _ => Openness::Protected,
        }
    }

    /// Whether everybody can list the tools, so that a list says nothing about a token.
    #[must_use]
    pub fn lists_for_everybody(&self) -> bool {
        let seen = self.answered_without_token.contains(&Operation::ToolsList.to_string());
        match self.openness(&Operation::ToolsList) {
            Openness::Declared => true,
            Openness::Undeclared => seen,
            Openness::Protected => false,
        }
    }

    /// The operation by which tokens are tried: `tools/list`, or a call of the protected tool where everybody can list.
    #[must_use]
    pub fn guarded(&self) -> Operation {
        if self.lists_for_everybody() { Operation::ToolsCall(self.tool.clone()) } else { Operation::ToolsList }
    }
}

impl ServerStage {
    /// The operation by which tokens are tried.
    #[must_use]
    pub fn guarded(&self) -> Operation {
        self.bench().guarded()
    }
}
