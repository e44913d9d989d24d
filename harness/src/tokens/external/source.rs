//! Where genuine tokens of somebody else's issuer come from: nowhere, out of the environment, by a login, or by client
//! credentials.

use crate::oauth_client::{Ask, CodeFlow, FlowError};
use crate::oauth_client::{AuthorizationServer, OAuthClient, Tokens};
use crate::tokens::forge::Draft;
use crate::wire::{Honest, Sender};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use std::collections::BTreeSet;

/// A source of genuine tokens of one account.
#[derive(Clone, Debug)]
pub enum Source {
    /// None, and why.
    Nothing(String),
    /// One token that was given.
    Given(SecretString),
    /// Logins of a user.
    Login(Box<CodeFlow>),
    /// The client itself, without a user.
    Machine(Box<Machine>),
}

/// A client that gets tokens for itself (RFC 6749 §4.4).
#[derive(Clone, Debug)]
pub struct Machine {
    /// The authorization server.
    pub server: AuthorizationServer,
    /// The client.
    pub client: OAuthClient,
    /// The scopes that are asked for when nothing else is.
    pub scopes: Vec<String>,
    /// Sends the token requests.
    pub sender: Sender,
}

impl Source {
    /// Whether another resource or other scopes can be asked for.
    pub(crate) const fn takes_wishes(&self) -> bool {
        matches!(self, Self::Login(_) | Self::Machine(_))
    }

    /// The client identifier under which tokens are issued, where it is known.
    pub(crate) fn client_id(&self) -> Option<&str> {
        match self {
            Self::Login(flow) => Some(&flow.client.id),
            Self::Machine(machine) => Some(&machine.client.id),
            Self::Nothing(_) | Self::Given(_) => None,
        }
    }

    /// Tokens as they are asked for; a token that was given is what it is.
    pub(crate) async fn tokens(&self, ask: Ask<'_>) -> Result<Tokens, SourceError> {
        match self {
            Self::Nothing(reason) => Err(SourceError::Nothing(reason.clone())),
            Self::Given(access) => Ok(Tokens { access: access.clone(), id: None, refresh: None, scope: None }),
            Self::Login(flow) => Ok(flow.tokens(ask).await?),
            Self::Machine(machine) => Ok(machine.tokens(ask).await?),
        }
    }
}

/// Why a source gives nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SourceError {
    #[error("{0}")]
    Nothing(String),
    #[error(transparent)]
    Flow(#[from] FlowError),
}

impl Machine {
    async fn tokens(&self, ask: Ask<'_>) -> Result<Tokens, FlowError> {
        let scope = ask.scopes.map_or_else(|| self.scopes.join(" "), str::to_owned);
        let mut parameters = vec![("grant_type", "client_credentials")];
        parameters.extend((!scope.is_empty()).then_some(("scope", scope.as_str())));
        parameters.extend(ask.resource.map(|resource| ("resource", resource)));
        let endpoint = &self.server.token_endpoint;
        let request = self.client.token_request("a token by client credentials", endpoint, &parameters);
        Ok(Tokens::read(&self.sender.send(request, &Honest).await.0)?)
    }
}

/// The scopes of an access token: as it says itself, else as the answer said, else those that were asked for.
pub(crate) fn granted(tokens: &Tokens, asked: &str) -> BTreeSet<String> {
    let words = |text: &str| text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    let claims = Draft::from_genuine(tokens.access.expose_secret()).map(|draft| draft.claims).unwrap_or_default();
    match claims.get("scope").or_else(|| claims.get("scp")) {
        Some(Value::String(text)) => words(text),
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => words(tokens.scope.as_deref().unwrap_or(asked)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;
    use rstest::rstest;
    use serde_json::json;

    fn tokens(claims: Option<Value>, scope: Option<&str>) -> Tokens {
        let part = |value: Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let access = claims.map_or("opaque".to_owned(), |claims| format!("{}.{}.s", part(json!({})), part(claims)));
        Tokens { access: access.into(), id: None, refresh: None, scope: scope.map(str::to_owned) }
    }

    #[rstest]
    #[case(Some(json!({ "scope": "a b" })), Some("c"), "a b")]
    #[case(Some(json!({ "scp": ["a", "b"] })), None, "a b")]
    #[case(Some(json!({ "scp": "a" })), None, "a")]
    #[case(Some(json!({})), Some("c"), "c")]
    #[case(None, Some("c"), "c")]
    #[case(None, None, "asked for")]
    fn scopes_are_read_where_they_stand(
        #[case] claims: Option<Value>,
        #[case] answered: Option<&str>,
        #[case] expected: &str,
    ) {
        let expected: BTreeSet<_> = expected.split(' ').map(str::to_owned).collect();
        assert_eq!(granted(&tokens(claims, answered), "asked for"), expected);
    }
}
