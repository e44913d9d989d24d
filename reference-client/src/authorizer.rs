//! Answers a refusal of the MCP server: renew the token after 401, step up after 403 `insufficient_scope`.
//!
//! One answer at a time; a request that was refused with a token that has been replaced meanwhile is simply tried again.
//! Every loop has an end: a token that was refused before it was ever accepted is not replaced by another login, and each
//! operation has a small number of step-ups.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use http::StatusCode;
use tokio::sync::Mutex as AsyncMutex;

use crate::{
    authorization::{AuthorizationRequest, EndpointQueryError},
    browser::{Browser, OpenError},
    callback::{CallbackError, Redirect},
    challenge::BearerChallenge,
    discovery::DiscoveryError,
    exemption::Rule,
    fetch::Http,
    issuer::Issuer,
    metadata::MetadataError,
    registration::{RegistrationError, Registrations},
    scopes::Scopes,
    store::{Grant, Origin, TokenStore},
    target::{Finder, Target},
    token::{self, TokenError},
    transport::Refusal,
};

/// Step-ups one operation may cost. With the first login that makes three rounds, the official reading of "a few".
const MAX_STEP_UPS: usize = 2;

/// Why the client could not get itself authorized.
#[derive(Debug, thiserror::Error)]
pub enum AuthorizeError {
    /// No usable protected resource metadata.
    #[error(transparent)]
    Discovery(#[from] DiscoveryError),
    /// No usable authorization server.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// No client id for the authorization server.
    #[error(transparent)]
    Registration(#[from] RegistrationError),
    /// The authorization endpoint cannot be used.
    #[error(transparent)]
    Endpoint(#[from] EndpointQueryError),
    /// The user could not be sent there.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The authorization response.
    #[error(transparent)]
    Callback(#[from] CallbackError),
    /// The token endpoint.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// 401 for a token that has just been issued: another login would not change it.
    #[error("the MCP server refuses a token that its authorization server `{issuer}` has just issued")]
    FreshTokenRefused {
        /// Where the token came from.
        issuer: Issuer,
    },
    /// 403 without a challenge for more scope.
    #[error("the MCP server forbids {operation} and does not ask for more scope")]
    Forbidden {
        /// What was forbidden.
        operation: Operation,
    },
    /// More scope was asked for as often as is sensible.
    #[error("the MCP server still forbids {operation} after the client asked for the scope it named: {scopes}")]
    StepUpFailed {
        /// What was forbidden.
        operation: Operation,
        /// The scopes of the last challenge.
        scopes: Scopes,
    },
}

/// What a request was for. Step-ups are counted by it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Opening the session.
    Connect,
    /// `tools/list`.
    ListTools,
    /// `tools/call` of this tool.
    CallTool(String),
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect => f.write_str("the connection"),
            Self::ListTools => f.write_str("tools/list"),
            Self::CallTool(name) => write!(f, "tools/call of {}", crate::text::printable(name)),
        }
    }
}

/// Something the user should know although the session goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// An exemption was needed to accept an authorization server.
    Exempted {
        /// The authorization server.
        issuer: Issuer,
        /// The rule it does not keep.
        rule: Rule,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exempted { issuer, rule } => {
                write!(f, "`{issuer}` does not keep the rule {rule}; it is accepted because of a configured exemption")
            }
        }
    }
}

/// The OAuth side of one session.
pub(crate) struct Authorizer {
    http: Http,
    finder: Finder,
    store: Arc<TokenStore>,
    browser: Arc<dyn Browser>,
    login_timeout: Duration,
    progress: AsyncMutex<Progress>,
    warnings: Mutex<Vec<Warning>>,
}

/// What is remembered from one answer to the next.
struct Progress {
    registrations: Registrations,
    redirect: Redirect,
    step_ups: HashMap<Operation, usize>,
    failed_step_ups: HashSet<Operation>,
    /// `resource_metadata` of the last 401, for a 403 that does not repeat it.
    metadata_url: Option<String>,
}

impl Progress {
    /// Counts a step-up of this operation; false once it has failed or had its share.
    fn may_step_up(&mut self, operation: &Operation) -> bool {
        let count = self.step_ups.entry(operation.clone()).or_default();
        *count += 1;
        if *count > MAX_STEP_UPS {
            self.failed_step_ups.insert(operation.clone());
        }
        !self.failed_step_ups.contains(operation)
    }
}

impl Authorizer {
    pub(crate) fn new(
        finder: Finder,
        store: Arc<TokenStore>,
        browser: Arc<dyn Browser>,
        login_timeout: Duration,
        registrations: Registrations,
        redirect: Redirect,
    ) -> Self {
        let progress = Progress {
            registrations,
            redirect,
            step_ups: HashMap::new(),
            failed_step_ups: HashSet::new(),
            metadata_url: None,
        };
        Self {
            http: finder.http.clone(),
            finder,
            store,
            browser,
            login_timeout,
            progress: AsyncMutex::new(progress),
            warnings: Mutex::default(),
        }
    }

    pub(crate) fn warnings(&self) -> Vec<Warning> {
        self.warnings.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The operation went through: its next step-up starts counting anew.
    pub(crate) async fn succeeded(&self, operation: &Operation) {
        self.progress.lock().await.step_ups.remove(operation);
    }

    /// Makes the request worth repeating, or says why it is not.
    pub(crate) async fn answer(&self, refusal: Refusal, operation: &Operation) -> Result<(), AuthorizeError> {
        let mut progress = self.progress.lock().await;
        if refusal.serial != self.store.serial() {
            return Ok(());
        }
        let challenge = refusal.challenge.unwrap_or_default();
        if refusal.status == StatusCode::FORBIDDEN {
            self.step_up(&mut progress, &challenge, operation).await
        } else {
            self.renew(&mut progress, &challenge).await
        }
    }

    /// A 401: refresh if that can help, log in otherwise. Discovery runs anew each time, because the server may have moved
    /// to another authorization server since.
    async fn renew(&self, progress: &mut Progress, challenge: &BearerChallenge) -> Result<(), AuthorizeError> {
        let before = self.store.grant();
        if let Some(grant) = before.as_ref().filter(|grant| grant.origin == Origin::Login && !grant.proven) {
            // The next request of the user may begin anew; this one has had its login.
            self.store.clear();
            return Err(AuthorizeError::FreshTokenRefused { issuer: grant.issuer.clone() });
        }
        progress.metadata_url.clone_from(&challenge.resource_metadata);
        let target = self.find(progress, challenge).await?;
        if let Some(grant) = before.as_ref().filter(|grant| grant.proven)
            && self.refresh(progress, &target, grant).await?
        {
            return Ok(());
        }
        let wanted = challenge.scopes.as_ref().or(target.scopes_supported.as_ref());
        // Scopes belong to the server that defined them: another one is not asked for those of its predecessor.
        let same = before.filter(|grant| grant.issuer == target.server.issuer && grant.resource == target.resource);
        let scopes = union(same.and_then(|grant| grant.requested).as_ref(), wanted);
        self.log_in(progress, &target, scopes).await
    }

    /// True if there is a new token. A refresh token goes only to the issuer that gave it, for the resource it was for.
    async fn refresh(&self, progress: &mut Progress, target: &Target, grant: &Grant) -> Result<bool, AuthorizeError> {
        let Some(refresh_token) = &grant.refresh_token else { return Ok(false) };
        let same = grant.issuer == target.server.issuer && grant.resource == target.resource;
        if !same || grant.client.has_expired() {
            return Ok(false);
        }
        match token::refresh(&self.http, &target.server, &grant.client, refresh_token, &grant.resource).await {
            Ok(answer) => {
                self.store.put(grant.clone().refreshed(answer));
                Ok(true)
            }
            Err(TokenError::Fetch(error)) => Err(TokenError::Fetch(error).into()),
            Err(error) => {
                tracing::info!(%error, "the refresh was refused; logging in again");
                self.store.drop_refresh_token();
                if error.is_invalid_client() {
                    progress.registrations.forget(&target.server.issuer);
                }
                Ok(false)
            }
        }
    }

    /// A 403 that asks for more: log in with all scopes asked for so far and those of the challenge.
    async fn step_up(
        &self,
        progress: &mut Progress,
        challenge: &BearerChallenge,
        operation: &Operation,
    ) -> Result<(), AuthorizeError> {
        if !challenge.asks_for_more_scope() {
            return Err(AuthorizeError::Forbidden { operation: operation.clone() });
        }
        let failed = |scopes: Option<Scopes>| AuthorizeError::StepUpFailed {
            operation: operation.clone(),
            scopes: scopes.unwrap_or_default(),
        };
        if !progress.may_step_up(operation) {
            return Err(failed(challenge.scopes.clone()));
        }
        let target = self.find(progress, challenge).await?;
        let needed = challenge.scopes.clone().or_else(|| target.scopes_supported.clone());
        if needed.as_ref().is_none_or(|needed| self.is_granted(needed)) {
            progress.failed_step_ups.insert(operation.clone());
            return Err(failed(needed));
        }
        let requested = self.store.grant().and_then(|grant| grant.requested);
        let result = self.log_in(progress, &target, union(requested.as_ref(), needed.as_ref())).await;
        if matches!(result, Err(AuthorizeError::Callback(CallbackError::Refused { .. }))) {
            progress.failed_step_ups.insert(operation.clone());
        }
        result
    }

    /// Whether the token already has all of these, so that asking for them again cannot help. What was granted counts if
    /// the server said it, what was requested otherwise.
    fn is_granted(&self, needed: &Scopes) -> bool {
        let held = self.store.grant().and_then(|grant| grant.granted.or(grant.requested));
        held.is_some_and(|held| held.contains_all(needed))
    }

    async fn find(&self, progress: &Progress, challenge: &BearerChallenge) -> Result<Target, AuthorizeError> {
        let named = challenge.resource_metadata.as_deref().or(progress.metadata_url.as_deref());
        let target = self.finder.find(named, &progress.registrations).await?;
        if let Some(rule) = target.server.exempted {
            self.warn(Warning::Exempted { issuer: target.server.issuer.clone(), rule });
        }
        Ok(target)
    }

    fn warn(&self, warning: Warning) {
        let mut warnings = self.warnings.lock().unwrap_or_else(PoisonError::into_inner);
        if !warnings.contains(&warning) {
            tracing::warn!("{warning}");
            warnings.push(warning);
        }
    }

    /// One login with one authorization server, from the listener to the token.
    async fn log_in(
        &self,
        progress: &mut Progress,
        target: &Target,
        scopes: Option<Scopes>,
    ) -> Result<(), AuthorizeError> {
        let server = &target.server;
        let listening = progress.redirect.listen()?;
        let redirect_uri = listening.redirect_uri.clone();
        let client = progress.registrations.client_for(&self.http, server, &redirect_uri).await?;
        let request = AuthorizationRequest::new(server, &client, &redirect_uri, &target.resource, scopes.as_ref())?;
        let AuthorizationRequest { url, expected, verifier } = request;
        tokio::time::timeout(self.login_timeout, self.browser.open(&url))
            .await
            .map_err(|_| CallbackError::TimedOut(self.login_timeout))??;
        let response = listening.response(self.login_timeout).await?;
        let code = response.match_state(&expected)?.match_issuer(&expected)?.code()?;
        let exchanged =
            token::exchange(&self.http, server, &client, &code, &verifier, &redirect_uri, &target.resource).await;
        if exchanged.as_ref().is_err_and(TokenError::is_invalid_client) {
            progress.registrations.forget(&server.issuer);
        }
        let answer = exchanged?;
        self.store.put(Grant {
            issuer: server.issuer.clone(),
            resource: target.resource.clone(),
            client,
            access_token: answer.access_token,
            refresh_token: answer.refresh_token,
            requested: scopes,
            granted: answer.scopes,
            origin: Origin::Login,
            proven: false,
        });
        Ok(())
    }
}

/// Both sets where there are two; nothing where there is none, so that no empty `scope` is sent.
fn union(before: Option<&Scopes>, wanted: Option<&Scopes>) -> Option<Scopes> {
    match (before, wanted) {
        (Some(before), Some(wanted)) => Some(before.union(wanted)),
        (one, other) => one.or(other).cloned(),
    }
}
