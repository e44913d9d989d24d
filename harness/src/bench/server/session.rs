//! Sessions, connections and bare requests of a server stage: what the rules about isolation stimulate.

use super::purpose::{OneOfMany, Under};
use crate::bench::{Credential, ServerStage};
use crate::mcp;
use crate::mcp::{Call, Operation};
use crate::protocol::reply;
use crate::token_name::VALID;
use crate::tokens::Cannot;
use crate::wire::{Exchange, Purpose, Reading, Request};
use http::{HeaderName, HeaderValue};
use serde_json::json;

/// The field by which a stream is resumed.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// How many sessions are opened to look at their ids.
const SESSIONS: usize = 20;

impl ServerStage {
    /// The revision spoken.
    #[must_use]
    pub fn revision(&self) -> crate::catalogue::Revision {
        self.variation().revision
    }

    /// Opens a session with `credential`: the answer to `initialize`, and the id that it names.
    pub async fn open_session_as(&self, credential: &Credential) -> (Exchange, Option<String>) {
        let (opened, session, _) = self.open_session_with(credential).await;
        (opened, session)
    }

    /// The same, with the answer to the notification that ends the handshake.
    pub(crate) async fn open_session_with(&self, credential: &Credential) -> (Exchange, Option<String>, Exchange) {
        let mut opening = self.dialect(None).request(&Operation::Initialize);
        credential.put_on(&mut opening);
        let opened = self.transmit(opening, &self.bench().sender).await;
        let session = opened.response().filter(|response| reply::is_accepted(response)).and_then(mcp::session_id);
        let mut initialized = self.dialect(session.clone()).initialized();
        credential.put_on(&mut initialized);
        let initialized = self.transmit(initialized, &self.bench().sender).await;
        (opened, session, initialized)
    }

    /// Opens a session without a token, and tells its id.
    pub async fn open_session_bare(&self) -> Option<String> {
        if self.revision().is_stateless() {
            return None;
        }
        let opened = self.transmit(self.dialect(None).request(&Operation::Initialize), &self.bench().sender).await;
        let session = opened.response().filter(|response| reply::is_accepted(response)).and_then(mcp::session_id);
        self.transmit(self.dialect(session.clone()).initialized(), &self.bench().sender).await;
        session
    }

    /// Opens a session of a client that supports elicitation, and tells its id.
    pub async fn open_eliciting_session(&self, credential: &Credential) -> Option<String> {
        let params = json!({
            "protocolVersion": self.revision().as_str(),
            "capabilities": { "elicitation": { "form": {}, "url": {} } },
            "clientInfo": { "name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION") },
        });
        let opening = Operation::Call(Call { words: "initialize".to_owned(), method: "initialize", params });
        let opened = self.send_in(None, &opening, "with elicitation", Some(credential), &[]).await;
        let session = opened.response().and_then(mcp::session_id);
        let mut initialized = self.dialect(session.clone()).initialized();
        credential.put_on(&mut initialized);
        self.exchange(initialized).await;
        session
    }

    /// Sends `operation` in `session` in this circumstance, with further header fields.
    pub async fn send_in(
        &self,
        session: Option<&str>,
        operation: &Operation,
        circumstance: impl Into<Purpose>,
        credential: Option<&Credential>,
        headers: &[(HeaderName, HeaderValue)],
    ) -> Exchange {
        let mut request = self.dialect(session.map(str::to_owned)).request(operation);
        request.purpose = Under::new(circumstance, operation, None).into();
        if let Some(credential) = credential {
            credential.put_on(&mut request);
        }
        for (name, value) in headers {
            request.headers.insert(name.clone(), value.clone());
        }
        self.exchange(request).await
    }

    /// Sends `operation` in this circumstance, in the session that scenarios share where the revision has sessions.
    pub async fn send_as(
        &self,
        operation: &Operation,
        circumstance: impl Into<Purpose>,
        credential: Option<&Credential>,
        headers: &[(HeaderName, HeaderValue)],
    ) -> Exchange {
        let session = self.session_for(credential).await;
        self.send_in(session.as_deref(), operation, circumstance, credential, headers).await
    }

    /// Sends `operation` with each of the credentials, one after the other on one connection, each in the session that is
    /// named beside it.
    ///
    /// # Errors
    /// When no connection of its own can be had.
    pub async fn send_in_turn(
        &self,
        operation: &Operation,
        circumstance: impl Into<Purpose>,
        credentials: &[(&Credential, Option<&str>)],
    ) -> Result<Vec<Exchange>, String> {
        let circumstance = circumstance.into();
        let sender = self.bench().sender.anew();
        let mut answers = Vec::new();
        for (credential, session) in credentials {
            let mut request = self.dialect(session.map(str::to_owned)).request(operation);
            credential.put_on(&mut request);
            request.purpose = Under::new(circumstance.clone(), operation, Some(&credential.token.name)).into();
            answers.push(self.deliver(request, &sender).await);
        }
        Ok(answers)
    }

    /// Resumes a stream of `session` behind the event with this id, and reads what comes at once.
    pub async fn resume(
        &self,
        session: &str,
        event: &HeaderValue,
        circumstance: impl Into<Purpose>,
        credential: &Credential,
    ) -> Exchange {
        let mut request = self.dialect(Some(session.to_owned())).request(&Operation::Stream);
        request.purpose = Under::new(circumstance, &Operation::Stream, None).into();
        request.reading = Reading::Briefly;
        request.headers.insert(LAST_EVENT_ID, event.clone());
        credential.put_on(&mut request);
        self.exchange(request).await
    }

    /// Sends `initialize` under a session id of the client's own choosing.
    pub async fn open_session_under(
        &self,
        id: &HeaderValue,
        circumstance: impl Into<Purpose>,
        credential: &Credential,
    ) -> Exchange {
        let headers = [(mcp::SESSION_ID, id.clone())];
        self.send_in(None, &Operation::Initialize, circumstance, Some(credential), &headers).await
    }

    /// A complete request for `operation`, without credentials, in the session that scenarios share; the end of a session
    /// is that of one of its own.
    pub async fn complete(&self, operation: Operation) -> Request {
        self.prepare(&operation).await
    }

    /// Sends a request as it is.
    pub async fn send_bare(&self, request: Request) -> Exchange {
        self.exchange(request).await
    }

    /// The answers to many an `initialize`, asked for once; each session is ended again.
    ///
    /// # Errors
    /// When no valid token can be had.
    pub async fn many_sessions(&self) -> Result<&[Exchange], Cannot> {
        let token = Credential::bearer(self.token(&VALID).await?);
        Ok(self.session_ids.get_or_init(|| self.open_many(token)).await)
    }

    async fn open_many(&self, token: Credential) -> Vec<Exchange> {
        let mut answers = Vec::new();
        for _ in 0..SESSIONS {
            let opened = self.send_in(None, &Operation::Initialize, OneOfMany, Some(&token), &[]).await;
            let session = opened.response().and_then(mcp::session_id);
            answers.push(opened);
            if let Some(id) = session {
                self.send_in(Some(&id), &Operation::EndSession, OneOfMany, Some(&token), &[]).await;
            }
        }
        answers
    }
}
