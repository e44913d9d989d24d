//! How genuine tokens for a server that runs already are to be had, as its operator says.

use crate::login::{LoginMethodChoice, LoginPages, UserCredentials};
use crate::oauth_client::ClientAuthentication;
use secrecy::SecretString;
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

/// How a valid token is to be had.
#[derive(Clone, Debug, Default)]
pub enum TokenSource {
    /// Only as far as accounts have one.
    #[default]
    None,
    /// It was given.
    Token(SecretString),
    /// By logging in.
    Login(Box<LoginOrder>),
    /// By client credentials.
    Machine(Box<ClientOrder>),
}

/// Somebody who has an account.
#[derive(Clone, Debug)]
pub enum Person {
    /// An access token of theirs is at hand.
    Token(SecretString),
    /// They can log in.
    Password(UserCredentials),
}

/// As what the harness is registered at the authorization server, and what of the server is not to be discovered.
#[derive(Clone, Debug)]
pub struct ClientOrder {
    /// The client identifier.
    pub id: String,
    /// The client secret of a confidential client.
    pub secret: Option<SecretString>,
    /// How the client authenticates, if not as the metadata says.
    pub authentication: Option<ClientAuthentication>,
    /// The issuer, if not the one that the server names.
    pub issuer: Option<String>,
    /// The token endpoint, if not the one in the issuer's metadata.
    pub token_endpoint: Option<Url>,
    /// The scopes to ask for, if not those that the server names.
    pub scopes: Option<Vec<String>>,
}

/// A login at the pages of the authorization server.
#[derive(Clone, Debug)]
pub struct LoginOrder {
    /// The client.
    pub client: ClientOrder,
    /// The redirect URI, on the loopback; a free port if it does not matter.
    pub redirect_uri: Option<Url>,
    /// What of the pages is filled and pressed.
    pub pages: LoginPages,
    /// How logins are done.
    pub login_method: LoginMethodChoice,
    /// How long one login may take.
    pub deadline: Duration,
    /// Where a picture of the login page is kept.
    pub screenshot: PathBuf,
}

impl TokenSource {
    /// The client of the authorization server, where there is to be one.
    pub(super) fn client(&self) -> Option<&ClientOrder> {
        match self {
            Self::Login(order) => Some(&order.client),
            Self::Machine(client) => Some(client),
            Self::None | Self::Token(_) => None,
        }
    }

    /// What of it is secret.
    pub(super) fn secrets(&self) -> Vec<SecretString> {
        let token = match self {
            Self::Token(token) => Some(token.clone()),
            _ => None,
        };
        token.into_iter().chain(self.client().and_then(|client| client.secret.clone())).collect()
    }
}

impl Person {
    /// What of it is secret.
    pub(super) fn secret(&self) -> &SecretString {
        match self {
            Self::Token(token) => token,
            Self::Password(account) => &account.password,
        }
    }
}
