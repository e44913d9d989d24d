//! The authorization code flow with PKCE, of one client for one account, with a login at the hosted pages in between.
//!
//! What the harness itself sends to the authorization server is sent as raw requests past an [`Edit`]; the pages in
//! between belong to the login method, which is recorded as one exchange: the authorization URL that the browser
//! was sent to, and the redirect by which it came back.

use super::client::{AuthorizationServer, OAuthClient, TokenError, Tokens};
use crate::login::{LoginAttempt, LoginError, LoginFailure, LoginMethod, LoginPages, UserCredentials};
use crate::protocol::pkce::s256;
use crate::protocol::redirect::redirect_param;
use crate::wire::{Edit, Exchange, Honest, Purpose, Request, Response, Sender};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http::header::{ACCEPT, LOCATION};
use http::{HeaderMap, HeaderValue};
use secrecy::SecretString;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use url::Url;

/// Why the flow did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    /// There is nowhere to go.
    #[error("the metadata of {0} names no authorization_endpoint")]
    NoAuthorizationEndpoint(String),
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
    /// Neither a code nor an error.
    #[error("the authorization response has neither a code nor an error")]
    NoCode,
    /// The response belongs to another request (OAuth 2.1 §7.12).
    #[error("the authorization response does not carry the state that was sent")]
    State,
    /// The response is from another authorization server (RFC 9207 §2.4).
    #[error("the authorization response is not from {expected}: {seen}")]
    Issuer {
        /// Whose response it should be.
        expected: String,
        /// What it says instead.
        seen: String,
    },
    /// The token endpoint gave no tokens.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// Random numbers could not be had.
    #[error("this machine gives no random numbers")]
    Random,
}

impl FlowError {
    /// Whether this machine is to blame, and not what was asked for or the authorization server.
    #[must_use]
    pub const fn is_of_this_machine(&self) -> bool {
        match self {
            Self::Random => true,
            Self::Login(error) => matches!(error.failure, LoginFailure::Browser(_)),
            _ => false,
        }
    }
}

/// What is asked for in an authorization request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ask<'a> {
    /// The resource the token is for (RFC 8707).
    pub resource: Option<&'a str>,
    /// The scopes, between spaces; those the client may have, when nothing is said.
    pub scopes: Option<&'a str>,
}

/// One client, one account, one way to log in.
#[derive(Clone, Debug)]
pub struct CodeFlow {
    /// The authorization server.
    pub server: AuthorizationServer,
    /// The client.
    pub client: OAuthClient,
    /// The scopes that are asked for when nothing else is.
    pub scopes: Vec<String>,
    /// Who logs in.
    pub account: UserCredentials,
    /// What of the login pages is filled and pressed.
    pub pages: LoginPages,
    /// How the user logs in.
    pub login_method: LoginMethod,
    /// The redirect URI, where something listens.
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

/// An arrival at the redirect URI, as an exchange.
pub(crate) struct Arrived {
    pub(crate) exchange: Exchange,
    /// Whether the edit changed it.
    pub(crate) changed: bool,
}

impl CodeFlow {
    /// Logs in and redeems the code, once; what comes back has to belong to what was sent.
    ///
    /// # Errors
    /// What stood in the way.
    pub async fn tokens(&self, ask: Ask<'_>) -> Result<Tokens, FlowError> {
        let verifier = random_text()?;
        let code = self.checked_code(ask, &s256(&verifier)).await?;
        let request = self.redemption(&code, &verifier, ask.resource, "redeeming the code");
        let (redemption, _) = self.sender.send(request, &Honest).await;
        Ok(Tokens::read(&redemption)?)
    }

    /// Logs in and brings a code that nobody has redeemed.
    ///
    /// # Errors
    /// What stood in the way.
    pub async fn code(&self, ask: Ask<'_>) -> Result<SecretString, FlowError> {
        self.checked_code(ask, &s256(&random_text()?)).await.map(SecretString::from)
    }

    async fn checked_code(&self, ask: Ask<'_>, challenge: &str) -> Result<String, FlowError> {
        let state = random_text()?;
        let url = self.authorization_url(ask, challenge, &state)?;
        let sent = authorization_request(&url, "the browser's authorization request");
        let arrived = self.log_in(&url, sent, &Honest).await?;
        self.is_answer_to(&arrived.exchange, &state)?;
        code(&arrived.exchange)
    }

    /// Whether a response is to the request with this state, and from this authorization server. An error has to be as
    /// well, or anybody could send one.
    fn is_answer_to(&self, arrival: &Exchange, state: &str) -> Result<(), FlowError> {
        let response = arrival.response().ok_or(FlowError::NoCode)?;
        if redirect_param(response, "state") != [state] {
            return Err(FlowError::State);
        }
        let expected = &self.server.issuer;
        let seen = match redirect_param(response, "iss").as_slice() {
            [] if !self.server.promises_iss => return Ok(()),
            [issuer] if issuer == expected => return Ok(()),
            [] => "it has no iss, which the metadata promises".to_owned(),
            [issuer] => format!("its iss is {issuer}"),
            _ => "it has several iss".to_owned(),
        };
        Err(FlowError::Issuer { expected: expected.clone(), seen })
    }

    /// Follows an authorization URL through the login to the redirect URI; the exchange has `request` as the request.
    pub(crate) async fn log_in(&self, url: &Url, request: Request, edit: &dyn Edit) -> Result<Arrived, FlowError> {
        let started = Instant::now();
        let arrival = self
            .login_method
            .login(&LoginAttempt {
                authorization_url: url,
                redirect_uri: &self.redirect_uri,
                credentials: &self.account,
                pages: &self.pages,
                lang: self.lang.as_deref(),
                deadline: self.deadline,
                screenshot: self.screenshot.as_deref(),
            })
            .await?;
        let mut response = redirect_to(&arrival.url);
        let changed = edit.emitted_answer(&request, &mut response);
        let exchange = Exchange { number: 0, request, answer: Ok(response), honest: None, took: started.elapsed() };
        Ok(Arrived { exchange, changed })
    }

    /// The authorization request.
    ///
    /// # Errors
    /// When the server has no authorization endpoint.
    pub(crate) fn authorization_url(&self, ask: Ask<'_>, challenge: &str, state: &str) -> Result<Url, FlowError> {
        let endpoint = self.server.authorization_endpoint.clone();
        let mut url = endpoint.ok_or_else(|| FlowError::NoAuthorizationEndpoint(self.server.issuer.clone()))?;
        let scope = ask.scopes.map_or_else(|| self.scopes.join(" "), str::to_owned);
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client.id)
            .append_pair("redirect_uri", self.redirect_uri.as_str())
            .append_pair("state", state)
            .append_pair("code_challenge", challenge)
            .append_pair("code_challenge_method", "S256");
        if !scope.is_empty() {
            url.query_pairs_mut().append_pair("scope", &scope);
        }
        if let Some(resource) = ask.resource {
            url.query_pairs_mut().append_pair("resource", resource);
        }
        Ok(url)
    }

    /// The redemption of a code.
    pub(crate) fn redemption(
        &self,
        code: &str,
        verifier: &str,
        resource: Option<&str>,
        purpose: impl Into<Purpose>,
    ) -> Request {
        let mut parameters = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", self.redirect_uri.as_str()),
            ("code_verifier", verifier),
        ];
        parameters.extend(resource.map(|resource| ("resource", resource)));
        self.client.token_request(purpose, &self.server.token_endpoint, &parameters)
    }
}

/// An authorization request by a user agent.
pub(crate) fn authorization_request(url: &Url, purpose: impl Into<Purpose>) -> Request {
    Request::get(purpose, url.as_str()).header(ACCEPT, HeaderValue::from_static("text/html"))
}

fn redirect_to(url: &Url) -> Response {
    let mut headers = HeaderMap::new();
    if let Ok(location) = HeaderValue::from_str(url.as_str()) {
        headers.insert(LOCATION, location);
    }
    Response { status: 302, headers, body: bytes::Bytes::new(), truncated: false }
}

/// The code that a redirect brings.
///
/// # Errors
/// When it brings an error, or nothing.
pub(crate) fn code(arrival: &Exchange) -> Result<String, FlowError> {
    let response = arrival.response().ok_or(FlowError::NoCode)?;
    let first = |name: &str| redirect_param(response, name).into_iter().next();
    match (first("error"), first("code")) {
        (None, Some(code)) => Ok(code),
        (None, None) => Err(FlowError::NoCode),
        (Some(error), _) => {
            let description = first("error_description").map(|text| format!(" ({text})")).unwrap_or_default();
            Err(FlowError::Refused { error, description })
        }
    }
}

/// A text that cannot be guessed.
pub(crate) fn random_text() -> Result<String, FlowError> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| FlowError::Random)?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}
