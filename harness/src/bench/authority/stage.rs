//! Around an authorization server: a client that is registered there, and a user who can log in.
//!
//! It speaks in verbs that any authorization server can be asked, and knows no more of one than its issuer, its endpoints
//! and a client; where these come from, the code that raises the bench knows.

use super::client::{AuthorizationRequest, Returned};
use super::purpose::{Authorizing, Redeeming};
use super::throwaway::{Throwaway, ThrownAway};
use crate::bench::Variation;
use crate::mutation::Mutation;
use crate::oauth_client::{CodeFlow, FlowError, authorization_request, random_text};
use crate::wire::{Exchange, Request};
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::OnceCell;

/// What is known of the authorization server under judgement.
pub struct AuthorityBench {
    /// The server, a client that is registered there, and a user with a way to log in.
    pub flow: CodeFlow,
    /// The resource that tokens are asked for (RFC 8707), where there is one.
    pub resource: Option<String>,
    /// What can be made and removed once more, where the run made something itself.
    pub throwaway: Option<Box<dyn Throwaway>>,
}

/// The authority bench at one variation.
pub struct AuthorityStage {
    bench: Arc<AuthorityBench>,
    mutation: Arc<Mutation>,
    returned: OnceCell<Result<Returned, String>>,
    redeemed: OnceCell<Result<Exchange, String>>,
    changes: AtomicUsize,
}

impl AuthorityStage {
    pub(crate) fn new(bench: Arc<AuthorityBench>, variation: Variation) -> Self {
        let mutation = Arc::new(Mutation { mutant: variation.mutant, ..Mutation::default() });
        let (returned, redeemed) = (OnceCell::new(), OnceCell::new());
        Self { bench, mutation, returned, redeemed, changes: AtomicUsize::new(0) }
    }

    pub(crate) fn changes(&self) -> usize {
        self.changes.load(Ordering::Relaxed)
    }

    /// An authorization request as it ought to be; another one each time.
    ///
    /// # Errors
    /// When the server has no authorization endpoint.
    pub fn authorization_request(&self) -> Result<AuthorizationRequest, String> {
        AuthorizationRequest::new(&self.bench.flow, self.bench.resource.as_deref()).map_err(text)
    }

    /// Sends an authorization request by a user agent whose user has not logged in.
    pub async fn ask_without_login(&self, request: &AuthorizationRequest) -> Exchange {
        self.send(authorization_request(&request.url, Authorizing::WithoutLogin)).await
    }

    /// Follows an authorization request through the login until the browser is back at the client.
    ///
    /// # Errors
    /// Says why it did not come back, or with which error.
    pub async fn log_in(&self, request: AuthorizationRequest) -> Result<Returned, String> {
        let sent = authorization_request(&request.url, Authorizing::WithLogin);
        let arrived = self.bench.flow.log_in(&request.url, sent, &*self.mutation).await.map_err(text)?;
        self.count(arrived.changed);
        Returned::new(arrived.exchange, request.verifier).map_err(text)
    }

    /// Redeems the code that a login brought.
    ///
    /// # Errors
    /// When this machine gives no random numbers.
    pub async fn redeem(&self, returned: &Returned, how: Redeeming) -> Result<Exchange, String> {
        let verifier = match how {
            Redeeming::Properly | Redeeming::Again => returned.verifier.clone(),
            Redeeming::WithAnotherVerifier => random_text().map(SecretString::from).map_err(text)?,
        };
        let (code, verifier) = (returned.code.expose_secret(), verifier.expose_secret());
        Ok(self.send(self.bench.flow.redemption(code, verifier, None, how)).await)
    }

    /// The login that all scenarios share which need no login of their own.
    ///
    /// # Errors
    /// Those of [`log_in`](Self::log_in).
    pub async fn returned(&self) -> Result<&Returned, String> {
        let log_in = || async { self.log_in(self.authorization_request()?).await };
        self.returned.get_or_init(log_in).await.as_ref().map_err(String::clone)
    }

    /// The redemption of the code of the shared login.
    ///
    /// # Errors
    /// Those of [`log_in`](Self::log_in).
    pub async fn redeemed(&self) -> Result<&Exchange, String> {
        let redeem = || async { self.redeem(self.returned().await?, Redeeming::Properly).await };
        self.redeemed.get_or_init(redeem).await.as_ref().map_err(String::clone)
    }

    /// Makes and removes once more what the run made, and tells what was sent and what is left; nothing where the run made
    /// nothing itself.
    ///
    /// # Errors
    /// Says why it could not be made.
    pub async fn throw_away(&self) -> Option<Result<ThrownAway, String>> {
        let outcome = self.bench.throwaway.as_ref()?.throw_away(self.mutation.clone()).await;
        if let Ok(thrown) = &outcome {
            self.changes.fetch_add(thrown.changes, Ordering::Relaxed);
        }
        Some(outcome)
    }

    async fn send(&self, request: Request) -> Exchange {
        let (exchange, changed) = self.bench.flow.sender.send(request, &*self.mutation).await;
        self.count(changed);
        exchange
    }

    fn count(&self, changed: bool) {
        self.changes.fetch_add(usize::from(changed), Ordering::Relaxed);
    }
}

fn text(error: FlowError) -> String {
    error.to_string()
}
