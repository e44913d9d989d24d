//! One client's view of one endpoint, for the few requests that come before any judging.

use crate::bench::Credential;
use crate::catalogue::Revision;
use crate::mcp;
use crate::mcp::{Dialect, Operation};
use crate::tokens::Token;
use crate::wire::{Exchange, Honest, Request, Sender};
use http::HeaderValue;
use http::header::AUTHORIZATION;
use std::sync::atomic::{AtomicU64, Ordering};

/// Sends operations to an endpoint, each with an id of its own.
pub(super) struct Probe<'a> {
    pub(super) endpoint: &'a str,
    pub(super) sender: &'a Sender,
    pub(super) token: Option<&'a Token>,
    next: AtomicU64,
}

impl<'a> Probe<'a> {
    pub(super) fn new(endpoint: &'a str, sender: &'a Sender, token: Option<&'a Token>) -> Self {
        Self { endpoint, sender, token, next: AtomicU64::new(1) }
    }

    /// Sends an operation, with the token if there is one.
    pub(super) async fn operation(&self, revision: Revision, session: Option<&str>, operation: &Operation) -> Exchange {
        self.send(self.dialect(revision, session).request(operation)).await
    }

    /// Opens a session; hands back the answer to `initialize` and the session it opened.
    pub(super) async fn initialize(&self, revision: Revision) -> (Exchange, Option<String>) {
        let opened = self.operation(revision, None, &Operation::Initialize).await;
        let session = opened.response().filter(|response| response.is_success()).and_then(mcp::session_id);
        if opened.response().is_some_and(crate::protocol::reply::is_accepted) {
            self.send(self.dialect(revision, session.as_deref()).initialized()).await;
        }
        (opened, session)
    }

    /// Sends a request that was sent before once more, with something that is no token in the place of the token.
    pub(super) async fn with_no_token(&self, request: &Request) -> Exchange {
        let mut request = Request { presented: None, purpose: "something that is no token".into(), ..request.clone() };
        request.headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer no-token"));
        self.sender.send(request, &Honest).await.0
    }

    /// Fetches a document without credentials.
    pub(super) async fn fetch(&self, url: &str) -> Exchange {
        self.sender.send(Request::get(format!("a document at {url}"), url), &Honest).await.0
    }

    fn dialect(&self, revision: Revision, session: Option<&str>) -> Dialect {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        Dialect { endpoint: self.endpoint.to_owned(), revision, session: session.map(str::to_owned), id }
    }

    async fn send(&self, mut request: Request) -> Exchange {
        if let Some(token) = self.token {
            Credential::bearer(token.clone()).put_on(&mut request);
        }
        self.sender.send(request, &Honest).await.0
    }
}
