//! Around an authorization server: a client that walks the authorization code flow, and the account that the server is
//! provisioned in.

use crate::bench::Variation;
use crate::cognito::{Account, Blueprint, Journals, RunId, provision, teardown};
use crate::mutation::Mutation;
use crate::oauth_client::{Ask, Flow, HostedLogin};
use crate::wire::{Recorder, Request, Response, Route, Tap, Trace, Upstream};
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::OnceCell;
use url::Url;

/// What is known of the authorization server under judgement.
pub struct AuthorityBench {
    /// Logs in at it.
    pub login: HostedLogin,
    /// The account it was provisioned in.
    pub account: Account,
    /// Where journals of throwaway pools are kept.
    pub journals: Arc<Journals>,
}

/// The authority bench at one variation.
pub struct AuthorityStage {
    bench: Arc<AuthorityBench>,
    mutation: Mutation,
    flow: OnceCell<Result<Flow, String>>,
    changes: AtomicUsize,
}

impl AuthorityStage {
    pub(crate) fn new(bench: Arc<AuthorityBench>, variation: Variation) -> Self {
        let mutation = Mutation { mutant: variation.mutant, ..Mutation::default() };
        Self { bench, mutation, flow: OnceCell::new(), changes: AtomicUsize::new(0) }
    }

    pub(crate) fn changes(&self) -> usize {
        self.changes.load(Ordering::Relaxed)
    }

    /// The authorization code flow, walked once.
    ///
    /// # Errors
    /// Says why it did not come to its end.
    pub async fn flow(&self) -> Result<&Flow, &String> {
        let resource = self.bench.login.pool.resource.as_str();
        let ask = Ask { resource: Some(resource), ..Ask::default() };
        self.flow.get_or_init(|| self.walk(ask)).await.as_ref()
    }

    /// The authorization code flow with a code verifier that does not match.
    ///
    /// # Errors
    /// Says why it did not come to its end.
    pub async fn flow_with_wrong_verifier(&self) -> Result<Flow, String> {
        self.walk(Ask { resource: None, wrong_verifier: true, ..Ask::default() }).await
    }

    async fn walk(&self, ask: Ask<'_>) -> Result<Flow, String> {
        let flow = self.bench.login.run(ask, &self.mutation).await.map_err(|error| error.to_string())?;
        self.changes.fetch_add(flow.changes, Ordering::Relaxed);
        Ok(flow)
    }

    /// Provisions a second throwaway pool like that of the run, tears it down, and tells what was sent and what is left.
    ///
    /// # Errors
    /// Says why it could not be provisioned.
    pub async fn throw_away(&self) -> Result<(Trace, Vec<String>), String> {
        let recorder = Arc::new(Recorder::default());
        let tapped = self.tapped_account(&recorder).await?;
        let account = tapped.as_ref().map_or(&self.bench.account, |(account, _)| account);
        let run = RunId::random();
        let journal = self.bench.journals.begin(&run).map_err(|error| error.to_string())?;
        let provisioned = provision(account, &self.blueprint(run), &journal).await;
        let gone = teardown(account, &journal).await;
        if let Some((_, tap)) = &tapped {
            self.changes.fetch_add(tap.changes(), Ordering::Relaxed);
        }
        provisioned.map_err(|error| error.to_string())?;
        let left = gone.err().into_iter().flat_map(|leftovers| leftovers.items).map(|item| item.what).collect();
        Ok((recorder.trace(), left))
    }

    fn blueprint(&self, run: RunId) -> Blueprint {
        Blueprint {
            run,
            resource: self.bench.login.pool.resource.clone(),
            scopes: vec![("notes.write".to_owned(), "Write notes".to_owned())],
            callbacks: vec![self.bench.login.redirect_uri.clone()],
            lifetime: Duration::from_secs(3600),
            second_user: false,
        }
    }

    /// The account behind a tap, so that its calls are evidence; AWS itself is spoken to directly.
    async fn tapped_account(&self, recorder: &Arc<Recorder>) -> Result<Option<(Account, Tap)>, String> {
        let Some(endpoint) = self.bench.account.endpoint_url() else { return Ok(None) };
        let text = |error: &dyn std::fmt::Display| error.to_string();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(|error| text(&error))?;
        let port = listener.local_addr().map_err(|error| text(&error))?.port();
        let origin = format!("http://127.0.0.1:{port}");
        let upstream = Api { behind: endpoint.origin().ascii_serialization(), front: origin.clone() };
        let edit = Arc::new(self.mutation.clone());
        let tap = Tap::start("Cognito API", listener, origin.clone(), Box::new(upstream), edit, Arc::clone(recorder));
        let tap = tap.map_err(|error| text(&error))?;
        let origin = Url::parse(&origin).map_err(|error| text(&error))?;
        Ok(Some((self.bench.account.by_way_of(&origin), tap)))
    }
}

/// The emulator's API behind a tap. Discovery documents name the host they are served from, so the tap's takes the
/// place of the emulator's in them.
struct Api {
    behind: String,
    front: String,
}

impl Upstream for Api {
    fn route(&self, request: &Request) -> Route {
        Route::Onward(request.url.replacen(&self.front, &self.behind, 1))
    }

    fn adapt(&self, request: &Request, response: &mut Response) {
        if request.path().contains("/.well-known/") {
            let text = String::from_utf8_lossy(&response.body).replace(&self.behind, &self.front);
            response.body = text.into();
        }
    }
}
