//! A client under test: what it is told, and what it has to be able to do. The bench knows no more of it than this.

use super::scene::Step;
use super::user::User;
use crate::catalogue::Revision;
use futures::future::BoxFuture;
use secrecy::SecretString;
use std::time::Duration;

/// How a client comes by its credentials.
#[derive(Clone, Debug)]
pub enum Registration {
    /// It is told them.
    PreRegistered {
        /// The client identifier.
        client_id: String,
        /// The secret.
        client_secret: SecretString,
        /// The authorization server that issued both.
        issuer: String,
    },
    /// It registers where it has to (RFC 7591).
    Dynamic,
}

impl Registration {
    /// The client identifier that the client is told, and the issuer that it belongs to.
    #[must_use]
    pub fn told(&self) -> Option<(&str, &str)> {
        match self {
            Self::PreRegistered { client_id, issuer, .. } => Some((client_id, issuer)),
            Self::Dynamic => None,
        }
    }
}

/// What a client under test is told.
pub struct ClientJob {
    /// The URLs of the MCP servers, by their places.
    pub servers: Vec<String>,
    /// The revision to speak.
    pub revision: Revision,
    /// Its credentials.
    pub registration: Registration,
    /// What it is to do, in this order. A client that cannot be led does what it always does.
    pub steps: &'static [Step],
    /// The loopback listener behind its redirect URI.
    pub callback: std::net::TcpListener,
    /// The user, whom the client sends to the authorization server.
    pub user: User,
    /// How long the client may take.
    pub deadline: Duration,
}

/// A client under test.
pub trait ClientSubject: Send + Sync {
    /// Why the client cannot be given credentials in this way, where it cannot: then rules that need it do not apply.
    fn lacks(&self, registration: &Registration) -> Option<String> {
        let _ = registration;
        None
    }

    /// Does its job and disconnects.
    ///
    /// # Errors
    /// Says what the client complained about.
    fn run(&self, job: ClientJob) -> BoxFuture<'_, Result<(), String>>;
}
