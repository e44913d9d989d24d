//! Around an MCP server: a client that holds every kind of token, and an authority that issues them.

use super::credential::Credential;
use super::discovery::Discovery;
use super::purpose::Asked;
use crate::bench::server::liveness::Liveness;
use crate::bench::server::offers::Offer;
use crate::bench::server::shared::SharedSessions;
use crate::bench::{Canary, KeySet, ThirdParty, Variation};
use crate::declared::Effect;
use crate::declared::{Capabilities, Capability, Missing, Subject};
use crate::mcp;
use crate::mcp::{Dialect, Operation, ToolCall};
use crate::mutation::{Act, Mutation};
use crate::protocol::issuer::IssuerLookup;
use crate::protocol::url::is_safe_to_follow;
use crate::token_name::{OTHER_USER, TokenName, VALID};
use crate::tokens::{Authority, Cannot, Token};
use crate::wire::{Edit, Exchange, OpenStream, Purpose, Request, Response, Sender, Trace};
use http::HeaderValue;
use http::header::HeaderName;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{Mutex, OnceCell};

/// What is known of the server under judgement.
pub struct ServerBench {
    /// The endpoint, byte for byte as the operator names it.
    pub endpoint: String,
    /// Where requests for it are sent: the endpoint, or where it redirects to.
    pub target: String,
    /// Issues the tokens that are presented.
    pub authority: Arc<dyn Authority>,
    /// Sends requests to the server.
    pub sender: Sender,
    /// A protected tool that can be called without consequence.
    pub tool: ToolCall,
    /// What the server has not, and what shows the rest.
    pub capabilities: Capabilities,
    /// A tool with an effect, if the server has one.
    pub effect: Option<Effect>,
    /// What is declared of it; `tool` and `effect` are from there where it names them.
    pub subject: Subject,
    /// What was answered without a token before anything was judged, by the names of the feature files.
    pub answered_without_token: Vec<String>,
    /// The keys of the issuer, where the server looks for them past the harness.
    pub keys: Option<KeySet>,
    /// The third party behind the server, where the harness plays one.
    pub third_party: Option<ThirdParty>,
    /// Where contacts that a token asks for are noticed.
    pub canary: Option<Canary>,
}

impl ServerBench {
    /// The tool with an effect, of which the operator told.
    ///
    /// # Errors
    /// When there is none, or the operator told of none.
    pub fn effect(&self) -> Result<&Effect, Missing> {
        self.capabilities.of(Capability::Effects, self.effect.as_ref())
    }
}

/// So often a request is sent again in a new session: another scenario may have it ended meanwhile.
const RENEWALS: usize = 3;

/// The server bench at one variation.
pub struct ServerStage {
    bench: Arc<ServerBench>,
    variation: Variation,
    mutation: OnceCell<Arc<Mutation>>,
    pub(crate) sessions: SharedSessions,
    pub(crate) lookups: OnceCell<Vec<IssuerLookup>>,
    discovery: OnceCell<Discovery>,
    pub(crate) opening: Mutex<Trace>,
    pub(crate) controls: Mutex<Vec<(Asked, Exchange)>>,
    pub(crate) session_ids: OnceCell<Vec<Exchange>>,
    pub(crate) offered: OnceCell<Vec<Offer>>,
    pub(crate) capabilities: OnceCell<Value>,
    pub(crate) key_errands: AtomicUsize,
    pub(crate) changes: AtomicUsize,
    liveness: Liveness,
    requests: AtomicU64,
}

impl ServerStage {
    pub(crate) fn new(bench: Arc<ServerBench>, variation: Variation) -> Self {
        Self {
            bench,
            variation,
            mutation: OnceCell::new(),
            sessions: SharedSessions::default(),
            lookups: OnceCell::new(),
            discovery: OnceCell::new(),
            opening: Mutex::default(),
            controls: Mutex::default(),
            session_ids: OnceCell::new(),
            offered: OnceCell::new(),
            capabilities: OnceCell::new(),
            key_errands: AtomicUsize::new(0),
            changes: AtomicUsize::new(0),
            liveness: Liveness::default(),
            requests: AtomicU64::new(1),
        }
    }

    pub(crate) fn changes(&self) -> usize {
        self.changes.load(Ordering::Relaxed)
    }

    pub(crate) fn variation(&self) -> Variation {
        self.variation
    }

    /// What is known of the server.
    #[must_use]
    pub fn bench(&self) -> &ServerBench {
        &self.bench
    }

    /// Issues a token by name.
    ///
    /// # Errors
    /// When the authority cannot issue it.
    pub async fn token(&self, name: &TokenName) -> Result<Token, Cannot> {
        self.bench.authority.issue(name).await
    }

    /// The operation with this name; `tools/call` calls the harmless tool, and so does `tools/list` where everybody can
    /// list.
    ///
    /// # Errors
    /// When the name is none.
    pub fn operation(&self, name: &str) -> Result<Operation, mcp::UnknownOperation> {
        match Operation::named(name, &self.bench.tool)? {
            Operation::ToolsList => Ok(self.guarded()),
            other => Ok(other),
        }
    }

    /// Sends `operation` with `credentials`, in a session where the revision has them.
    pub async fn send(&self, operation: &Operation, credentials: &[Credential]) -> Exchange {
        self.send_with(operation, credentials, &[]).await
    }

    /// Sends `operation` without credentials, for a purpose of its own, over connections on which a valid token was
    /// presented.
    pub async fn send_for(&self, purpose: impl Into<Purpose>, operation: &Operation) -> Exchange {
        let mut request = self.prepare(operation).await;
        request.purpose = purpose.into();
        self.deliver(request, &self.bench.sender.beside(&VALID)).await
    }

    /// Sends `operation` without credentials to the endpoint as the operator names it, where that redirects.
    pub async fn send_as_named(&self, operation: &Operation) -> Option<Exchange> {
        if self.bench.endpoint == self.bench.target {
            return None;
        }
        let mut request = Dialect { endpoint: self.bench.endpoint.clone(), ..self.dialect(None) }.request(operation);
        request.purpose = Asked { operation: operation.clone(), tokens: Vec::new() }.into();
        Some(self.exchange(request).await)
    }

    /// Sends `operation` with `credentials`, in a session where the revision has them, with further header fields.
    pub async fn send_with(
        &self,
        operation: &Operation,
        credentials: &[Credential],
        headers: &[(HeaderName, HeaderValue)],
    ) -> Exchange {
        // With several, the one that is meant to be good decides.
        let good = credentials.iter().find(|credential| credential.token.name == VALID);
        let mut request = self.prepare_for(operation, good.or(credentials.first())).await;
        let tokens = credentials.iter().map(|credential| credential.token.name.clone()).collect();
        request.purpose = Asked { operation: operation.clone(), tokens }.into();
        for credential in credentials {
            credential.put_on(&mut request);
        }
        for (name, value) in headers {
            request.headers.insert(name.clone(), value.clone());
        }
        self.exchange(request).await
    }

    /// The positive control of `operation`: the same request with a valid token, sent once.
    ///
    /// # Errors
    /// When no valid token can be had.
    pub async fn control(&self, operation: &Operation) -> Result<Exchange, Cannot> {
        self.control_with(operation, &VALID).await
    }

    /// Looks for the protected resource metadata in all the ways there are, once.
    pub async fn discovery(&self) -> &Discovery {
        self.discovery.get_or_init(|| self.discover()).await
    }

    /// The exchanges by which sessions were opened for the scenarios, which no scenario shows.
    pub async fn opening(&self) -> Trace {
        self.opening.lock().await.clone()
    }

    pub(crate) fn is_safe_to_follow(&self, url: &str) -> bool {
        is_safe_to_follow(url, &self.bench.endpoint)
    }

    /// A complete request for `operation` without credentials, to be altered before it is [delivered](Self::deliver).
    pub async fn prepare(&self, operation: &Operation) -> Request {
        self.prepare_for(operation, None).await
    }

    /// The same for a request that is going to present this, in the session that belongs to it.
    pub(crate) async fn prepare_for(&self, operation: &Operation, presented: Option<&Credential>) -> Request {
        let session = match operation {
            Operation::Initialize | Operation::Discover => None,
            // Ending the session that other scenarios use would be their ruin.
            Operation::EndSession => match self.token(&VALID).await {
                Ok(valid) => self.open_one(&Credential::bearer(valid)).await,
                Err(_) => None,
            },
            _ => self.session_for(presented).await,
        };
        self.dialect(session).request(operation)
    }

    pub(crate) fn dialect(&self, session: Option<String>) -> Dialect {
        let id = self.requests.fetch_add(1, Ordering::Relaxed);
        Dialect { endpoint: self.bench.target.clone(), revision: self.variation.revision, session, id }
    }

    pub(crate) async fn exchange(&self, request: Request) -> Exchange {
        self.deliver(request, &self.bench.sender).await
    }

    /// What was seen of the server by other means than a request, in the form of an exchange.
    pub(crate) async fn observe(&self, request: Request, mut response: Response) -> Exchange {
        let mutation = self.mutation().await;
        self.count_changes(usize::from(mutation.emitted_answer(&request, &mut response)));
        Exchange { number: 0, request, answer: Ok(response), honest: None, took: Duration::ZERO }
    }

    /// Sends a request as it is, over the connections of `sender`; once more in a new session, where the server has ended
    /// the one that scenarios share.
    pub async fn deliver(&self, request: Request, sender: &Sender) -> Exchange {
        let mut exchange = self.transmit(request, sender).await;
        for _ in 0..RENEWALS {
            match self.renewed(&exchange).await {
                Some(request) => exchange = self.transmit(request, sender).await,
                None => break,
            }
        }
        exchange
    }

    /// Sends a request as it is, once.
    pub(crate) async fn transmit(&self, request: Request, sender: &Sender) -> Exchange {
        if let Some(failure) = self.liveness.gone() {
            return Exchange { number: 0, request, answer: Err(failure), honest: None, took: Duration::ZERO };
        }
        let mutation = self.mutation().await;
        let (mut exchange, mut changed) = sender.send(request, &**mutation).await;
        let further = exchange.response().and_then(|response| mutation.further(&exchange.request, response));
        if let Some(further) = further {
            exchange.answer = sender.send(further, &**mutation).await.0.answer;
            changed = true;
        }
        self.liveness.feel(&exchange);
        self.count_changes(usize::from(changed));
        self.run_errands(mutation.errands(&exchange.request)).await;
        exchange
    }

    /// Opens a stream of events, which stays open as long as what is handed back is kept. Nothing is handed back where the
    /// answer is no stream.
    pub async fn open_stream(&self, request: Request) -> (Exchange, Option<OpenStream>) {
        if let Some(failure) = self.liveness.gone() {
            return (Exchange { number: 0, request, answer: Err(failure), honest: None, took: Duration::ZERO }, None);
        }
        let (exchange, changed, stream) = self.bench.sender.open(request, &**self.mutation().await).await;
        self.liveness.feel(&exchange);
        self.count_changes(usize::from(changed));
        (exchange, stream)
    }

    /// Adds to how often the mutant changed an exchange.
    pub(crate) fn count_changes(&self, changes: usize) {
        self.changes.fetch_add(changes, Ordering::Relaxed);
    }

    /// The edit of this variation, for parties behind the server.
    pub(crate) async fn edit(&self) -> Arc<dyn Edit> {
        Arc::clone(self.mutation().await) as Arc<dyn Edit>
    }

    async fn mutation(&self) -> &Arc<Mutation> {
        self.mutation.get_or_init(async || Arc::new(self.hire().await)).await
    }

    async fn hire(&self) -> Mutation {
        let Some(mutant) = self.variation.mutant else { return Mutation::default() };
        let valid = self.token(&VALID).await.ok().map(|token| token.raw);
        let other = match mutant.acts.iter().any(|act| matches!(act, Act::Confuse(_))) {
            true => self.token(&OTHER_USER).await.ok().map(|token| token.raw),
            false => None,
        };
        Mutation { mutant: Some(mutant), valid, other, ..Mutation::default() }
    }
}
