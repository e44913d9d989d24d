//! Calls of the operation that needs further scopes, with tokens whose scope claim is chosen.

use crate::bench::{Credential, ServerStage};
use crate::declared::ScopedOperation;
use crate::mcp::Operation;
use crate::token_name::{ScopeClaim, TokenName};
use crate::tokens::{Cannot, Token};
use crate::wire::{Exchange, Purpose, Request};
use serde_json::Value;

/// A scope that no declared operation needs, for a token that has none of those it should have.
const UNRELATED: &str = "profile";

/// The operation that needs the most further scopes, with what it needs.
#[derive(Clone, Debug)]
pub struct Scoped {
    /// The operation.
    pub operation: ScopedOperation,
    /// The scopes that every request needs.
    pub base: Vec<String>,
    /// The scopes that it needs beyond those.
    pub further: Vec<String>,
}

impl Scoped {
    /// The operation as a call, with `marker` in its text arguments.
    #[must_use]
    pub fn call(&self, marker: &str) -> Operation {
        let mut call = self.operation.call.clone();
        for value in call.arguments.values_mut() {
            if let Value::String(text) = value {
                *text = text.replace("{marker}", marker);
            }
        }
        Operation::ToolsCall(call)
    }

    /// The scope claim that the words of a feature file describe; `None` when they describe none.
    #[must_use]
    pub fn claim(&self, words: &str) -> Option<String> {
        let first = self.further.first()?;
        let all = self.operation.scopes.join(" ");
        let beside_base = |scope: String| [self.base.clone(), vec![scope]].concat().join(" ");
        Some(match words {
            "all its scopes" => all,
            "only the base scopes" => self.base.join(" "),
            "none of its scopes" => UNRELATED.to_owned(),
            "its scopes among others" => format!("{UNRELATED} {all} email"),
            "its scopes in reverse order" => self.operation.scopes.iter().rev().cloned().collect::<Vec<_>>().join(" "),
            "its scope and a suffix" => beside_base(format!("{first}s")),
            "its scope without the last character" => {
                let mut shorter = first.clone();
                shorter.pop()?;
                beside_base(shorter)
            }
            "its scope in other case" => beside_base(in_other_case(first)),
            "its scope inside a longer one" => beside_base(format!("no-{first}-really")),
            "its scope behind a tab" => beside_base(format!("{UNRELATED}\t{first}")),
            _ => return None,
        })
    }
}

fn in_other_case(text: &str) -> String {
    let upper = text.to_ascii_uppercase();
    if upper == text { text.to_ascii_lowercase() } else { upper }
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
        self.deliver(request, fresh.as_ref().unwrap_or(&self.bench().sender)).await
    }

    /// A request for `operation` with `token` under a label of its own.
    pub async fn labelled(&self, purpose: impl Into<Purpose>, operation: &Operation, token: Option<Token>) -> Request {
        let mut request = self.prepare(operation).await;
        request.purpose = purpose.into();
        if let Some(token) = token {
            Credential::bearer(token).put_on(&mut request);
        }
        request
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::mcp::ToolCall;
    use rstest::rstest;

    fn scoped() -> Scoped {
        let call = ToolCall { name: "write".to_owned(), arguments: serde_json::Map::new() };
        let scopes = vec!["openid".to_owned(), "r/Write".to_owned()];
        Scoped {
            operation: ScopedOperation { name: "writing".to_owned(), call, scopes },
            base: vec!["openid".to_owned()],
            further: vec!["r/Write".to_owned()],
        }
    }

    #[rstest]
    #[case("all its scopes", "openid r/Write")]
    #[case("only the base scopes", "openid")]
    #[case("its scopes in reverse order", "r/Write openid")]
    #[case("its scope and a suffix", "openid r/Writes")]
    #[case("its scope without the last character", "openid r/Writ")]
    #[case("its scope in other case", "openid R/WRITE")]
    #[case("its scope inside a longer one", "openid no-r/Write-really")]
    #[case("its scope behind a tab", "openid profile\tr/Write")]
    fn words_describe_a_claim(#[case] words: &str, #[case] claim: &str) {
        assert_eq!(scoped().claim(words).as_deref(), Some(claim));
    }

    #[test]
    fn other_words_describe_none() {
        assert_eq!(scoped().claim("a good scope"), None);
    }
}
