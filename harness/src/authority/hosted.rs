//! The authorization code flow at a user pool, as it is judged: with a request before the login, and the code redeemed
//! twice.

use super::client::{AuthorizationServer, ClientAuthentication, OAuthClient};
use super::code_flow::{Ask, CodeFlow, FlowError, authorization_request, code, random_text};
use super::cognito::Pool;
use crate::judge::authorization::s256;
use crate::login::{LoginMethod, LoginPages, UserCredentials};
use crate::wire::{Edit, Exchange, Sender};
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

/// The exchanges of one flow, as the recorder saw them.
#[derive(Clone, Debug)]
pub struct Flow {
    /// The authorization request by a user agent that has not logged in.
    pub anonymous: Exchange,
    /// The authorization request of the browser, and the redirect by which it came back.
    pub arrival: Exchange,
    /// The redemption of the code.
    pub redemption: Exchange,
    /// The same redemption again.
    pub replay: Exchange,
    /// How often the edit changed something.
    pub changes: usize,
    /// The screenshot of the login page, when there is one.
    pub screenshot: Option<PathBuf>,
}

/// Logs in at one user pool, by one login method.
#[derive(Clone, Debug)]
pub struct HostedLogin {
    /// The pool.
    pub pool: Pool,
    /// How the user logs in.
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
    /// Runs the flow.
    ///
    /// # Errors
    /// When the browser does not come back with a code. What the token endpoint says is for the caller to judge.
    pub async fn run(&self, ask: Ask<'_>, edit: &dyn Edit) -> Result<Flow, FlowError> {
        let flow = self.code_flow();
        let verifier = random_text()?;
        let url = flow.authorization_url(ask, &s256(&verifier), &random_text()?)?;
        let (anonymous, first) = self.sender.send(authorization_request(&url), edit).await;
        let arrived = flow.log_in(&url, edit).await?;
        // Without a code there is still something to judge.
        let code = match code(&arrived.exchange) {
            Err(FlowError::NoCode) => String::new(),
            code => code?,
        };
        let verifier = if ask.wrong_verifier { random_text()? } else { verifier };
        let redemption = |label| flow.redemption(&code, &verifier, None, label);
        let (redeemed, third) = self.sender.send(redemption("redeeming the code"), edit).await;
        let (replay, fourth) = self.sender.send(redemption("redeeming the code again"), edit).await;
        let changes = [first, arrived.changed, third, fourth].into_iter().filter(|changed| *changed).count();
        let (arrival, screenshot) = (arrived.exchange, arrived.screenshot);
        Ok(Flow { anonymous, arrival, redemption: redeemed, replay, changes, screenshot })
    }

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
