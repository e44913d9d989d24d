//! What will be made, said before anything is.

use std::time::Duration;

use url::Url;

use super::account::Account;
use super::naming::RunId;

/// Scopes of OpenID Connect that every app client of ours may ask for.
const OPENID_SCOPES: [&str; 3] = ["openid", "email", "profile"];

/// The plan of one throwaway user pool.
#[derive(Debug, Clone)]
pub struct Blueprint {
    /// The run it is for.
    pub run: RunId,
    /// Identifier of the protected resource, such as `http://localhost:8001/mcp`. Cognito binds tokens to `https://…` and
    /// `http://localhost…` only, not to `http://127.0.0.1…`.
    pub resource: String,
    /// Scopes of the resource: name (without the resource) and description.
    pub scopes: Vec<(String, String)>,
    /// Redirect URIs of the app client; Cognito compares them exactly, port included.
    pub callbacks: Vec<Url>,
    /// How long the pool may live before a sweep takes it for abandoned.
    pub lifetime: Duration,
    /// Whether a second user is made.
    pub second_user: bool,
}

impl Blueprint {
    /// All scopes the app client may ask for: those of OpenID Connect, then `<resource>/<scope>`.
    pub fn granted_scopes(&self) -> Vec<String> {
        let own = self.scopes.iter().map(|(name, _)| format!("{}/{name}", self.resource));
        OPENID_SCOPES.iter().map(ToString::to_string).chain(own).collect()
    }

    /// The users' names, first user first.
    pub(super) fn usernames(&self) -> Vec<String> {
        let second = self.second_user.then(|| self.run.second_username());
        std::iter::once(self.run.username()).chain(second).collect()
    }

    /// What will be made on `account`, a line each, for the operator to read before it is made.
    pub fn lines(&self, account: &Account) -> Vec<String> {
        let callbacks: Vec<&str> = self.callbacks.iter().map(Url::as_str).collect();
        let mut lines = vec![
            format!(
                "user pool {} in {}, to be swept after {} s",
                self.run.pool_name(),
                account.place(),
                self.lifetime.as_secs()
            ),
            format!("resource server {} with {} scope(s)", self.resource, self.scopes.len()),
            format!(
                "confidential app client, redirects {}, scopes {}",
                callbacks.join(" "),
                self.granted_scopes().join(" ")
            ),
            "managed login branding of that client".to_owned(),
            format!("domain prefix {}", self.run.domain_prefix()),
        ];
        lines.extend(self.usernames().into_iter().map(|name| format!("user {name}, random password, no mail sent")));
        lines
    }
}
