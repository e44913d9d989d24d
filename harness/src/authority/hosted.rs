//! The authorization code flow with PKCE, with a login at the hosted pages in between.
//!
//! What the harness itself sends to the authorization server is sent as raw requests past an [`Edit`]; the pages in
//! between belong to whichever lane logs in, which is recorded as one exchange: the authorization URL that the browser
//! was sent to, and the redirect by which it came back.

use super::cognito::Pool;
use crate::browser::{Credentials, Lane, Login, LoginError};
use crate::judge::authorization::s256;
use crate::judge::login::redirect_param;
use crate::wire::{Edit, Exchange, Honest, Request, Response, Sender};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderValue, Method};
use secrecy::{ExposeSecret as _, SecretString};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use url::Url;

/// Why the flow did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    /// The login did not reach the redirect URI.
    #[error("the hosted login failed: {0}")]
    Login(#[from] LoginError),
    /// The authorization server sent an error instead of a code.
    #[error("the authorization server answered {error}{description}")]
    Refused {
        /// The error code.
        error: String,
        /// Its description, in parentheses, or nothing.
        description: String,
    },
    /// The token endpoint gave no tokens.
    #[error("the token endpoint gave no access token (HTTP {0})")]
    NoToken(u16),
    /// Random numbers could not be had.
    #[error("this machine gives no random numbers")]
    Random,
}

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

/// Logs in at one user pool, in one lane.
#[derive(Clone, Debug)]
pub struct HostedLogin {
    /// The pool.
    pub pool: Pool,
    /// The lane.
    pub lane: Lane,
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

/// What is asked for in an authorization request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ask<'a> {
    /// The resource the token is for (RFC 8707).
    pub resource: Option<&'a str>,
    /// The scopes, between spaces; those the client may have, when nothing is said.
    pub scopes: Option<&'a str>,
    /// Whether the code is redeemed with a verifier other than its own.
    pub wrong_verifier: bool,
}

impl HostedLogin {
    /// Runs the flow.
    ///
    /// # Errors
    /// When the browser does not come back with a code. What the token endpoint says is for the caller to judge.
    pub async fn run(&self, ask: Ask<'_>, edit: &dyn Edit) -> Result<Flow, FlowError> {
        let verifier = random_text()?;
        let url = self.authorization_url(ask, &s256(&verifier), &random_text()?);
        let (anonymous, first) = self.sender.send(authorization_request(&url), edit).await;
        let (arrival, second, screenshot) = self.log_in(&url, edit).await?;
        let code = code(&arrival)?;
        let verifier = if ask.wrong_verifier { random_text()? } else { verifier };
        let (redemption, third) = self.sender.send(self.redemption(&code, &verifier, "redeeming the code"), edit).await;
        let (replay, fourth) =
            self.sender.send(self.redemption(&code, &verifier, "redeeming the code again"), edit).await;
        let changes = [first, second, third, fourth].into_iter().filter(|changed| *changed).count();
        Ok(Flow { anonymous, arrival, redemption, replay, changes, screenshot })
    }

    /// Logs in and brings a code that nobody has redeemed.
    ///
    /// # Errors
    /// When the browser does not come back with one.
    pub async fn code(&self) -> Result<SecretString, FlowError> {
        let url = self.authorization_url(Ask::default(), &s256(&random_text()?), &random_text()?);
        let (arrival, _, _) = self.log_in(&url, &Honest).await?;
        code(&arrival).map(SecretString::from)
    }

    async fn log_in(&self, url: &Url, edit: &dyn Edit) -> Result<(Exchange, bool, Option<PathBuf>), FlowError> {
        let credentials =
            Credentials { username: self.pool.user.username.clone(), password: self.pool.user.password.clone() };
        let started = Instant::now();
        let arrival = self
            .lane
            .login(&Login {
                authorization_url: url,
                redirect_uri: &self.redirect_uri,
                credentials: &credentials,
                lang: self.lang.as_deref(),
                deadline: self.deadline,
                screenshot: self.screenshot.as_deref(),
            })
            .await?;
        let request = Request { label: "the browser's authorization request".to_owned(), ..authorization_request(url) };
        let mut response = redirect_to(&arrival.url);
        let changed = edit.from_subject(&request, &mut response);
        let exchange = Exchange { number: 0, request, answer: Ok(response), took: started.elapsed() };
        Ok((exchange, changed, arrival.screenshot))
    }

    fn authorization_url(&self, ask: Ask<'_>, challenge: &str, state: &str) -> Url {
        let mut url = self.pool.endpoints.authorization.clone();
        let scope = ask.scopes.map_or_else(|| self.pool.granted_scopes.join(" "), str::to_owned);
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.pool.client_id)
            .append_pair("redirect_uri", self.redirect_uri.as_str())
            .append_pair("scope", &scope)
            .append_pair("state", state)
            .append_pair("code_challenge", challenge)
            .append_pair("code_challenge_method", "S256");
        if let Some(resource) = ask.resource {
            url.query_pairs_mut().append_pair("resource", resource);
        }
        url
    }

    fn redemption(&self, code: &str, verifier: &str, label: &str) -> Request {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", self.redirect_uri.as_str())
            .append_pair("code_verifier", verifier)
            .append_pair("client_id", &self.pool.client_id)
            .append_pair("client_secret", self.pool.client_secret.expose_secret())
            .finish();
        Request::new(label, Method::POST, self.pool.endpoints.token.as_str())
            .header(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"))
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .content(form)
    }
}

fn authorization_request(url: &Url) -> Request {
    Request::get("an authorization request without a login", url.as_str())
        .header(ACCEPT, HeaderValue::from_static("text/html"))
}

fn redirect_to(url: &Url) -> Response {
    let mut headers = HeaderMap::new();
    if let Ok(location) = HeaderValue::from_str(url.as_str()) {
        headers.insert(LOCATION, location);
    }
    Response { status: 302, headers, body: bytes::Bytes::new(), truncated: false }
}

fn code(arrival: &Exchange) -> Result<String, FlowError> {
    let Some(response) = arrival.response() else { return Err(FlowError::NoToken(0)) };
    let first = |name: &str| redirect_param(response, name).into_iter().next();
    match (first("error"), first("code")) {
        (None, Some(code)) => Ok(code),
        (None, None) => Ok(String::new()),
        (Some(error), _) => {
            let description = first("error_description").map(|text| format!(" ({text})")).unwrap_or_default();
            Err(FlowError::Refused { error, description })
        }
    }
}

fn random_text() -> Result<String, FlowError> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| FlowError::Random)?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}
