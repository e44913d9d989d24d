//! The user of a client under test, who goes where the client sends them and comes back to its redirect URI.

use crate::login::{LoginAttempt, LoginPages, UserCredentials};
use crate::oauth_client::HostedLogin;
use crate::wire::{Honest, Request, Sender};
use http::header::LOCATION;
use std::sync::Arc;
use url::Url;

/// A user.
#[derive(Clone)]
#[expect(clippy::large_enum_variant, reason = "there is one of them a bench")]
pub enum User {
    /// Logs in at the hosted pages of a user pool.
    AtPool(Arc<HostedLogin>),
    /// Follows the redirect of an authorization server that approves at once.
    Approving(Sender),
}

impl User {
    /// Goes to `authorization_url` and comes back to `redirect_uri`.
    ///
    /// # Errors
    /// Says what was in the way.
    pub async fn visit(&self, authorization_url: &Url, redirect_uri: &Url) -> Result<(), String> {
        match self {
            Self::AtPool(login) => log_in(login, authorization_url, redirect_uri).await,
            Self::Approving(sender) => follow(sender, authorization_url).await,
        }
    }
}

async fn log_in(login: &HostedLogin, authorization_url: &Url, redirect_uri: &Url) -> Result<(), String> {
    let user = &login.pool.user;
    let credentials = UserCredentials { username: user.username.clone(), password: user.password.clone() };
    let visit = LoginAttempt {
        authorization_url,
        redirect_uri,
        credentials: &credentials,
        pages: &LoginPages::default(),
        lang: login.lang.as_deref(),
        deadline: login.deadline,
        screenshot: None,
    };
    login.login_method.login(&visit).await.map(drop).map_err(|error| format!("the hosted login failed: {error}"))
}

async fn follow(sender: &Sender, authorization_url: &Url) -> Result<(), String> {
    let asked = sender.send(Request::get("the user's browser", authorization_url.as_str()), &Honest).await.0;
    let answer = asked.answer.map_err(|failure| format!("the authorization endpoint: {failure}"))?;
    let Some(back) = answer.header_values(&LOCATION).into_iter().next().filter(|_| answer.status == 302) else {
        return Err(format!("the authorization endpoint answered {}", answer.status));
    };
    let arrived = sender.send(Request::get("the user's browser", back), &Honest).await.0;
    arrived.answer.map(drop).map_err(|failure| format!("the redirect URI: {failure}"))
}
