//! The harness as the client that a user pool was provisioned with.

use super::client::{AuthorizationServer, ClientAuthentication, OAuthClient};
use super::code_flow::CodeFlow;
use crate::cognito::Pool;
use crate::login::{LoginMethod, LoginPages, UserCredentials};
use crate::wire::Sender;
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

/// Logs in at one user pool, in one lane.
#[derive(Clone, Debug)]
pub struct HostedLogin {
    /// The pool.
    pub pool: Pool,
    /// The lane.
    pub login_method: LoginMethod,
    /// The redirect URI of the harness's own logins, where something listens.
    pub redirect_uri: Url,
    /// Where a screenshot of the login page is kept.
    pub screenshot: Option<PathBuf>,
    /// The language asked for, so that page texts can be read; only real Cognito knows the parameter.
    pub lang: Option<String>,
    /// How long one login may take.
    pub deadline: Duration,
    /// Sends what the harness itself sends.
    pub sender: Sender,
}

impl HostedLogin {
    /// The flow of the pool's first user.
    #[must_use]
    pub fn code_flow(&self) -> CodeFlow {
        let pool = &self.pool;
        CodeFlow {
            server: AuthorizationServer {
                issuer: pool.issuer.clone(),
                authorization_endpoint: Some(pool.endpoints.authorization.clone()),
                token_endpoint: pool.endpoints.token.clone(),
                authentication_methods: None,
                promises_iss: false,
                announces_s256: false,
            },
            client: OAuthClient {
                id: pool.client_id.clone(),
                secret: Some(pool.client_secret.clone()),
                authentication: ClientAuthentication::Post,
            },
            scopes: pool.granted_scopes.clone(),
            account: UserCredentials { username: pool.user.username.clone(), password: pool.user.password.clone() },
            pages: LoginPages::default(),
            login_method: self.login_method.clone(),
            redirect_uri: self.redirect_uri.clone(),
            screenshot: self.screenshot.clone(),
            lang: self.lang.clone(),
            deadline: self.deadline,
            sender: self.sender.clone(),
        }
    }
}
