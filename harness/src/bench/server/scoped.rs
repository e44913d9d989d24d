//! Calls of the operation that needs further scopes, with tokens whose scope claim is chosen.

use super::chosen_scopes::ChosenScopes;
use crate::bench::{Credential, ServerStage};
use crate::declared::ScopedOperation;
use crate::mcp::Operation;
use crate::token_name::{ScopeClaim, TokenName};
use crate::tokens::{Cannot, Token};
use crate::wire::{Exchange, Purpose, Request};

/// The operation that needs the most further scopes, with what it needs.
#[derive(Clone, Debug)]
pub struct Scoped {
    /// The operation.
    pub operation: ScopedOperation,
    /// The scopes that every request needs.
    pub base: Vec<String>,
    /// The scopes that it needs beyond those, at least one.
    pub further: Vec<String>,
}

impl Scoped {
    /// The operation as a call, with `marker` in its text arguments.
    #[must_use]
    pub fn call(&self, marker: &str) -> Operation {
        Operation::ToolsCall(self.operation.call.marked(marker))
    }
}

impl ServerStage {
    /// The declared operation that needs the most further scopes.
    #[must_use]
    pub fn scoped(&self) -> Option<Scoped> {
        let subject = &self.bench().subject;
        let (operation, further) = subject.most_demanding()?;
        let further = further.into_iter().map(str::to_owned).collect();
        Some(Scoped { operation: operation.clone(), base: subject.base_scopes.clone(), further })
    }

    /// A valid token with scopes that are chosen in view of the scoped operation.
    ///
    /// # Errors
    /// When the authority cannot issue it.
    pub async fn token_with(&self, scoped: &Scoped, scopes: ChosenScopes) -> Result<Token, Cannot> {
        self.token_with_scope(&scopes.claim(scoped), scopes.as_str()).await
    }

    /// A valid token with this scope claim, which reports call `words`.
    ///
    /// # Errors
    /// When the authority cannot issue it.
    pub async fn token_with_scope(&self, claim: &str, words: &str) -> Result<Token, Cannot> {
        let called = || format!("a valid token with {words}");
        let issued = self.token(&TokenName::scoped(claim)).await.map_err(|cannot| match cannot {
            Cannot::Issue { reason, .. } => Cannot::Issue { name: called(), reason },
            Cannot::Inapplicable { reason, .. } => Cannot::Inapplicable { name: called(), reason },
        })?;
        let name = ScopeClaim { claim: claim.to_owned(), called: Some(words.to_owned()) };
        Ok(Token { name: TokenName::Scoped(name), ..issued })
    }

    /// Sends `operation` with `token` under a label of its own, over the connections of the bench.
    pub async fn send_scoped(
        &self,
        purpose: impl Into<Purpose>,
        operation: &Operation,
        token: Option<Token>,
    ) -> Exchange {
        let request = self.labelled(purpose, operation, token).await;
        self.deliver(request, &self.bench().sender).await
    }

    /// The same over a connection of its own.
    pub async fn send_on_fresh_connection(
        &self,
        purpose: impl Into<Purpose>,
        operation: &Operation,
        token: Option<Token>,
    ) -> Exchange {
        let request = self.labelled(purpose, operation, token).await;
        let fresh = self.bench().sender.anew();
        self.deliver(request, &fresh).await
    }

    /// A request for `operation` with `token` under a label of its own.
    pub async fn labelled(&self, purpose: impl Into<Purpose>, operation: &Operation, token: Option<Token>) -> Request {
        let credential = token.map(Credential::bearer);
        let mut request = self.prepare_for(operation, credential.as_ref()).await;
        request.purpose = purpose.into();
        credential.iter().for_each(|credential| credential.put_on(&mut request));
        request
    }
}
