//! App clients: OAuth clients as Cognito configures them.

use std::time::{Duration, SystemTime};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};

use super::ClientId;

/// One app client.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) id: ClientId,
    pub(crate) name: String,
    /// A confidential client has a secret, a public one none.
    pub(crate) secret: Option<ClientSecret>,
    pub(crate) oauth_enabled: bool,
    pub(crate) flows: Vec<Flow>,
    pub(crate) scopes: Vec<String>,
    pub(crate) callback_urls: Vec<String>,
    pub(crate) logout_urls: Vec<String>,
    pub(crate) identity_providers: Vec<String>,
    pub(crate) lifetimes: Lifetimes,
    pub(crate) rotation: Option<Rotation>,
    pub(crate) revocation_enabled: bool,
    /// `PreventUserExistenceErrors` ENABLED: the login page does not tell whether a user exists.
    pub(crate) hides_unknown_users: bool,
    /// Members that change nothing here and are described back as they came.
    pub(crate) described: Map<String, Value>,
    pub(crate) created: SystemTime,
}

impl Client {
    /// Whether the hosted endpoints serve this client at all, and by this flow.
    pub(crate) fn may_use(&self, flow: Flow) -> bool {
        self.oauth_enabled && self.flows.contains(&flow)
    }
}

/// A client secret. It prints as redacted.
#[derive(Clone, Debug)]
pub(crate) struct ClientSecret(SecretString);

impl ClientSecret {
    pub(crate) fn new(secret: String) -> Self {
        Self(secret.into())
    }

    pub(crate) fn matches(&self, presented: &SecretString) -> bool {
        verify_slices_are_equal(self.0.expose_secret().as_bytes(), presented.expose_secret().as_bytes()).is_ok()
    }

    /// The secret for the one place that may show it: the API's answer to an administrator.
    pub(crate) fn reveal(&self) -> &str {
        self.0.expose_secret()
    }
}

/// An OAuth grant that a client may use (`AllowedOAuthFlows`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    /// The authorization code grant.
    Code,
}

impl Flow {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
        }
    }
}

/// How long tokens of a client live.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lifetimes {
    pub(crate) access: Duration,
    pub(crate) id: Duration,
    pub(crate) refresh: Duration,
    /// `RefreshTokenValidity` in the unit it was given in; the API describes it always.
    pub(crate) refresh_as_given: i64,
}

/// Refresh token rotation, when it is on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rotation {
    /// How long a replaced refresh token is still good.
    pub(crate) grace: Duration,
}
