//! What an operator declares of an MCP server, because it cannot be seen from outside: which operations need which scopes,
//! which web pages may call, who can log in.
//!
//! Plain data, read from a file or filled in by whoever raises the bench. What is not declared is guessed where a guess
//! is harmless, and otherwise makes what depends on it inconclusive, by name. Holds no secrets: it names the
//! environment variables in which they are.

use super::Capabilities;
use crate::mcp::ToolCall;
use serde::Deserialize;

/// Everything that is declared of one server; each part may be left out.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Subject {
    /// What reports call the server.
    pub name: Option<String>,
    /// The resource identifier that it expects as audience, when it is neither its endpoint nor what its metadata says.
    pub resource: Option<String>,
    /// A protected tool that can be called without consequence, with a token that has the base scopes only.
    pub protected: Option<ToolCall>,
    /// A tool with an effect, and one that shows it.
    pub effect: Option<Effect>,
    /// Operations that need more than the base scopes.
    pub operations: Vec<ScopedOperation>,
    /// The scopes that every request needs.
    pub base_scopes: Vec<String>,
    /// Which scopes imply which others.
    pub scope_hierarchy: Vec<Implication>,
    /// Origins of web pages that may call, as browsers write them: scheme, host, and a port that is not the default one;
    /// `http://localhost:*` for every port, `*` where every page may, and an empty list where none may. Left out where it
    /// is not told.
    pub allowed_origins: Option<Vec<String>>,
    /// Operations that everybody may use without a token, by the names of the feature files: `tools/list`, `initialize`,
    /// `a notification`. Where it is left out, what the server answers without a token is not held against it.
    pub public_operations: Option<Vec<String>>,
    /// People that can log in; two are needed to see whether one is shown what belongs to the other.
    pub accounts: Vec<Account>,
    /// How tokens say for whom they are.
    pub audience: AudiencePolicy,
    /// What the server has not, and what shows the rest.
    #[serde(rename = "means")]
    pub capabilities: Capabilities,
    /// Whether access tokens claim the profile of RFC 9068, which turns some SHOULDs into MUSTs.
    pub rfc9068: bool,
    /// For how long the server may go on with keys of the issuer that it has, and without new ones. A scenario waits as
    /// long.
    pub key_cache_seconds: Option<u64>,
}

/// A tool that has an effect, and one that shows it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// The tool with the effect; `{marker}` in its text arguments is replaced.
    pub call: ToolCall,
    /// The tool that reads back; its answer holds the marker when the effect took place.
    pub read: ToolCall,
}

/// An operation that needs certain scopes: a call of one tool.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScopedOperation {
    /// What reports call it.
    pub name: String,
    /// The call. `{marker}` in its text arguments is replaced by a text that occurs nowhere else.
    pub call: ToolCall,
    /// All scopes it needs, the base scopes included.
    pub scopes: Vec<String>,
}

/// One scope implies another.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Implication {
    /// The scope that implies.
    pub broad: String,
    /// The scope that is implied.
    pub narrow: String,
}

/// Somebody who can log in. A token at hand spares the login.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Account {
    /// What reports call the account.
    pub name: String,
    /// The name at the login page.
    pub username: Option<String>,
    /// The environment variable that holds the password.
    pub password_env: Option<String>,
    /// The environment variable that holds an access token of the account.
    pub token_env: Option<String>,
}

/// How tokens say for whom they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AudiencePolicy {
    /// By an audience that names the server, as MCP requires since 2025-06-18.
    #[default]
    Resource,
    /// By other means, because the authorization server puts no audience into its tokens.
    None,
}

impl Subject {
    /// The operation that needs the most scopes beyond the base scopes, and those scopes.
    #[must_use]
    pub fn most_demanding(&self) -> Option<(&ScopedOperation, Vec<&str>)> {
        let beyond =
            |operation: &'_ ScopedOperation| operation.scopes.iter().filter(|scope| !self.is_base(scope)).count();
        let operation = self.operations.iter().max_by_key(|operation| beyond(operation))?;
        let further: Vec<_> =
            operation.scopes.iter().map(String::as_str).filter(|scope| !self.is_base(scope)).collect();
        (!further.is_empty()).then_some((operation, further))
    }

    fn is_base(&self, scope: &str) -> bool {
        self.base_scopes.iter().any(|base| base == scope)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use serde_json::json;

    fn subject() -> Subject {
        serde_json::from_value(json!({
            "base_scopes": ["openid"],
            "operations": [
                { "name": "reading", "call": { "name": "read" }, "scopes": ["openid"] },
                { "name": "writing", "call": { "name": "write", "arguments": { "text": "{marker}" } }, "scopes": ["openid", "w"] },
            ],
            "audience": "none",
        }))
        .unwrap()
    }

    #[test]
    fn every_part_may_be_left_out_and_no_other_may_be_there() {
        assert_eq!(serde_json::from_value::<Subject>(json!({})).unwrap(), Subject::default());
        assert!(serde_json::from_value::<Subject>(json!({ "origins": [] })).is_err());
        assert_eq!(subject().audience, AudiencePolicy::None);
    }

    #[test]
    fn the_most_demanding_operation_needs_something_beyond_the_base_scopes() {
        let subject = subject();
        let (operation, further) = subject.most_demanding().unwrap();
        assert_eq!((operation.name.as_str(), further), ("writing", vec!["w"]));

        let undemanding = Subject { operations: subject.operations[..1].to_vec(), ..subject.clone() };
        assert_eq!(undemanding.most_demanding(), None);
    }
}
