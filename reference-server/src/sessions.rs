//! To whom a session belongs (revisions before 2026-07-28).
//!
//! A session id authenticates nobody: each request brings its own token, and the id is good only with a token of the principal
//! that opened the session. For everybody else the session does not exist. The MCP layer makes the ids and keeps the
//! sessions; this module only remembers owners.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use axum::http::{HeaderMap, HeaderName};
use rmcp::transport::streamable_http_server::session::SessionManager;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;

use crate::token::Principal;

/// The header field that carries the id.
pub const SESSION_ID: HeaderName = HeaderName::from_static("mcp-session-id");

/// The session named in a request is not there for this caller; answered with 404.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("There is no such session")]
pub struct NoSuchSession;

/// The owners of all open sessions.
#[derive(Debug, Default)]
pub struct Sessions {
    manager: Arc<LocalSessionManager>,
    owners: RwLock<HashMap<String, Principal>>,
}

impl Sessions {
    /// The sessions themselves, for the MCP layer.
    pub fn manager(&self) -> Arc<LocalSessionManager> {
        Arc::clone(&self.manager)
    }

    /// Lets a request pass that names no session, one of the caller's own, or one that the MCP layer does not know either and
    /// will refuse where the revision has sessions.
    ///
    /// # Errors
    ///
    /// When the session is another principal's, or several are named.
    pub async fn check(&self, headers: &HeaderMap, caller: &Principal) -> Result<(), NoSuchSession> {
        let mut ids = headers.get_all(SESSION_ID).iter();
        let Some(id) = ids.next() else { return Ok(()) };
        let id = id.to_str().map_err(|_| NoSuchSession)?;
        if ids.next().is_some() {
            return Err(NoSuchSession);
        }
        match self.owner(id) {
            Some(owner) if owner == *caller => Ok(()),
            Some(_) => Err(NoSuchSession),
            None if self.is_open(id).await => Err(NoSuchSession),
            None => Ok(()),
        }
    }

    /// Remembers who opened a session, if this answer opened one, and forgets those that are closed.
    pub async fn remember(&self, answer: &HeaderMap, caller: &Principal) {
        let Some(id) = answer.get(SESSION_ID).and_then(|id| id.to_str().ok()) else { return };
        self.forget_closed().await;
        self.owners.write().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned(), caller.clone());
    }

    fn owner(&self, id: &str) -> Option<Principal> {
        self.owners.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    async fn is_open(&self, id: &str) -> bool {
        self.manager.has_session(&id.into()).await.unwrap_or(true)
    }

    async fn forget_closed(&self) {
        let open = self.manager.sessions.read().await;
        let mut owners = self.owners.write().unwrap_or_else(PoisonError::into_inner);
        owners.retain(|id, _| open.contains_key(id.as_str()));
    }
}
