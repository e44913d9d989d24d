//! A second user pool beside that of the run, made to be torn down: whether teardown keeps its promise is judged too.

use crate::bench::{Throwaway, ThrownAway};
use crate::cognito::{Account, Blueprint, Journals, RunId, provision, teardown};
use crate::wire::{Edit, Recorder, Request, Response, Route, Tap, Upstream};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use url::Url;

/// After which a pool that was left behind may be swept.
const LIFETIME: Duration = Duration::from_secs(3600);

/// User pools in the account of the run.
pub(super) struct UserPools {
    /// The account.
    pub(super) account: Account,
    /// Where journals are kept.
    pub(super) journals: Arc<Journals>,
    /// The resource that the pools are for.
    pub(super) resource: String,
    /// The redirect URI of their clients.
    pub(super) callback: Url,
}

impl Throwaway for UserPools {
    fn throw_away(&self, edit: Arc<dyn Edit>) -> BoxFuture<'_, Result<ThrownAway, String>> {
        self.perform(edit).boxed()
    }
}

impl UserPools {
    async fn perform(&self, edit: Arc<dyn Edit>) -> Result<ThrownAway, String> {
        let recorder = Arc::new(Recorder::default());
        let tapped = self.tapped_account(edit, &recorder).await?;
        let account = tapped.as_ref().map_or(&self.account, |(account, _)| account);
        let run = RunId::random();
        let journal = self.journals.begin(&run).map_err(|error| error.to_string())?;
        let provisioned = provision(account, &self.blueprint(run), &journal).await;
        let gone = teardown(account, &journal).await;
        provisioned.map_err(|error| error.to_string())?;
        let left = gone.err().into_iter().flat_map(|leftovers| leftovers.items).map(|item| item.what).collect();
        let changes = tapped.as_ref().map_or(0, |(_, tap)| tap.changes());
        Ok(ThrownAway { trace: recorder.trace(), left, changes })
    }

    fn blueprint(&self, run: RunId) -> Blueprint {
        Blueprint {
            run,
            resource: self.resource.clone(),
            scopes: vec![("notes.write".to_owned(), "Write notes".to_owned())],
            callbacks: vec![self.callback.clone()],
            lifetime: LIFETIME,
            second_user: false,
        }
    }

    /// The account behind a tap, so that its calls are evidence; AWS itself is spoken to directly.
    async fn tapped_account(
        &self,
        edit: Arc<dyn Edit>,
        recorder: &Arc<Recorder>,
    ) -> Result<Option<(Account, Tap)>, String> {
        let Some(endpoint) = self.account.endpoint_url() else { return Ok(None) };
        let text = |error: &dyn std::fmt::Display| error.to_string();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(|error| text(&error))?;
        let port = listener.local_addr().map_err(|error| text(&error))?.port();
        let origin = format!("http://127.0.0.1:{port}");
        let upstream = Api { behind: endpoint.origin().ascii_serialization(), front: origin.clone() };
        let tap = Tap::start("Cognito API", listener, origin.clone(), Box::new(upstream), edit, Arc::clone(recorder));
        let tap = tap.map_err(|error| text(&error))?;
        let origin = Url::parse(&origin).map_err(|error| text(&error))?;
        Ok(Some((self.account.by_way_of(&origin), tap)))
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
