//! The token of one session, in memory only. It is bound to the issuer it came from, the resource it was asked for and the
//! URL it may be sent to.

use std::sync::{Mutex, MutexGuard, PoisonError};

use oauth2::{AccessToken, RefreshToken};

use crate::{issuer::Issuer, registration::Client, scopes::Scopes, token::TokenAnswer};

/// How a token came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    Login,
    Refresh,
}

/// A token with everything it is bound to.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    pub(crate) issuer: Issuer,
    pub(crate) resource: String,
    pub(crate) client: Client,
    pub(crate) access_token: AccessToken,
    pub(crate) refresh_token: Option<RefreshToken>,
    /// What the client asked for; `None` when it left the choice to the server.
    pub(crate) requested: Option<Scopes>,
    /// What the server said it granted; `None` when it said nothing.
    pub(crate) granted: Option<Scopes>,
    pub(crate) origin: Origin,
    /// Whether the MCP server has accepted the token at least once.
    pub(crate) proven: bool,
}

impl Grant {
    /// The same grant with a refreshed token. A new refresh token replaces the old one; without a new one the old one
    /// stays (OAuth 2.1 section 4.3).
    pub(crate) fn refreshed(self, answer: TokenAnswer) -> Self {
        Self {
            access_token: answer.access_token,
            refresh_token: answer.refresh_token.or(self.refresh_token),
            granted: answer.scopes.or(self.granted),
            origin: Origin::Refresh,
            proven: false,
            ..self
        }
    }
}

/// Counts the tokens of a session, so that a refusal can be matched with the token it was for. Zero: none yet.
pub(crate) type Serial = u64;

/// Holds the grant between the transport, which sends it, and the authorizer, which replaces it.
#[derive(Debug)]
pub(crate) struct TokenStore {
    destination: String,
    current: Mutex<(Serial, Option<Grant>)>,
}

impl TokenStore {
    /// A store whose token goes to `destination` and nowhere else.
    pub(crate) fn new(destination: &str) -> Self {
        Self { destination: destination.to_owned(), current: Mutex::new((0, None)) }
    }

    /// The token for a request to `uri`; none for any other destination.
    pub(crate) fn token_for(&self, uri: &str) -> (Serial, Option<AccessToken>) {
        let current = self.lock();
        let token = current.1.as_ref().filter(|_| uri == self.destination).map(|grant| grant.access_token.clone());
        (current.0, token)
    }

    pub(crate) fn serial(&self) -> Serial {
        self.lock().0
    }

    pub(crate) fn grant(&self) -> Option<Grant> {
        self.lock().1.clone()
    }

    pub(crate) fn put(&self, grant: Grant) {
        let mut current = self.lock();
        *current = (current.0 + 1, Some(grant));
    }

    /// Forgets the token and everything bound to it.
    pub(crate) fn clear(&self) {
        let mut current = self.lock();
        *current = (current.0 + 1, None);
    }

    /// The MCP server accepted this token.
    pub(crate) fn proved(&self, serial: Serial) {
        let mut current = self.lock();
        if current.0 == serial
            && let Some(grant) = current.1.as_mut()
        {
            grant.proven = true;
        }
    }

    /// After a refused refresh: the refresh token is of no use any more.
    pub(crate) fn drop_refresh_token(&self) {
        if let Some(grant) = self.lock().1.as_mut() {
            grant.refresh_token = None;
        }
    }

    fn lock(&self) -> MutexGuard<'_, (Serial, Option<Grant>)> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
