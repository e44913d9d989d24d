//! What a scenario about tokens needs of the server bench besides sending them: controls under other tokens, tokens
//! made for one scenario, and what a faulty server goes and fetches.

use super::purpose::Asked;
use crate::bench::server::credential::Credential;
use crate::bench::server::stage::ServerStage;
use crate::bench::{KeySet, Nest};
use crate::mcp::Operation;
use crate::mutation::Errand;
use crate::protocol::url::is_loopback;
use crate::token_name::{ForgeryName, TokenName};
use crate::tokens::forge::ForgeryDetails;
use crate::tokens::{Cannot, Token};
use crate::wire::{Exchange, Honest, Request, Response, purpose};
use std::fmt;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use url::Url;

/// To see what the endpoint answers to an operation by plain http.
#[derive(Clone, Debug, PartialEq)]
pub struct ByPlainHttp(pub Operation);
purpose!(ByPlainHttp);

impl fmt::Display for ByPlainHttp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} by plain http", self.0)
    }
}

/// Between two looks at whether the server has noticed.
const PAUSE: Duration = Duration::from_millis(200);
/// The most looks at one server.
const LOOKS: u32 = 100;

impl ServerStage {
    /// The positive control of `operation` with the token of this name, sent once. In a session of its own, when the
    /// one that all scenarios share is not there for its user.
    ///
    /// # Errors
    /// When the token cannot be had.
    pub async fn control_with(&self, operation: &Operation, name: &TokenName) -> Result<Exchange, Cannot> {
        let asked = Asked { operation: operation.clone(), tokens: vec![name.clone()] };
        if let Some((_, known)) = self.controls.lock().await.iter().find(|(known, _)| *known == asked) {
            return Ok(known.clone());
        }
        let credential = Credential::bearer(self.token(name).await?);
        let mut exchange = self.send(operation, std::slice::from_ref(&credential)).await;
        let is_unknown = exchange.response().is_some_and(|response| response.status == 404);
        if is_unknown && self.session_for(Some(&credential)).await.is_some() {
            let session = self.open_session_as(&credential).await.1;
            let mut request = self.dialect(session).request(operation);
            request.purpose = asked.clone().into();
            credential.put_on(&mut request);
            exchange = self.exchange(request).await;
        }
        self.controls.lock().await.push((asked, exchange.clone()));
        Ok(exchange)
    }

    /// Makes a token for one scenario.
    ///
    /// # Errors
    /// When the authority cannot make it.
    pub async fn forge_anew(&self, forgery: ForgeryName, particulars: ForgeryDetails) -> Result<Token, Cannot> {
        self.bench().authority.forge_anew(forgery, particulars).await
    }

    /// Whether the server is on this machine.
    #[must_use]
    pub fn is_local(&self) -> bool {
        Url::parse(&self.bench().endpoint).is_ok_and(|url| is_loopback(&url))
    }

    /// A nest at the canary that the server could reach.
    ///
    /// # Errors
    /// Says why there is none.
    pub fn nest(&self) -> Result<Nest, &'static str> {
        let canary = self.bench().canary.as_ref().ok_or("there is no canary on this bench")?;
        if self.is_local() {
            Ok(canary.nest())
        } else {
            Err("a server elsewhere cannot reach a canary on this machine")
        }
    }

    /// The keys of the issuer, where the harness stands before them.
    ///
    /// # Errors
    /// Says that it does not.
    pub fn keys(&self) -> Result<&KeySet, &'static str> {
        self.bench().keys.as_ref().ok_or("the harness does not stand between the server and the keys of the issuer")
    }

    /// How many requests for the keys there were until now.
    ///
    /// # Errors
    /// Says that they cannot be seen.
    pub async fn key_requests(&self) -> Result<usize, &'static str> {
        Ok(self.keys()?.requests() + self.key_errands.load(Ordering::Relaxed))
    }

    /// Sends `operation` with `token` exactly once, whatever comes of it, because something is counted meanwhile.
    pub async fn send_once(&self, operation: &Operation, token: Token) -> Exchange {
        let mut request = self.prepare(operation).await;
        request.purpose = Asked { operation: operation.clone(), tokens: vec![token.name.clone()] }.into();
        Credential::bearer(token).put_on(&mut request);
        self.deliver(request, &self.bench().sender.once()).await
    }

    /// Sends `operation` with `token` until the answer is as hoped for, or the server has had the time to notice.
    pub async fn send_patiently(
        &self,
        operation: &Operation,
        token: &Token,
        patience: Duration,
        hoped_for: impl Fn(&Response) -> bool,
    ) -> Exchange {
        let until = Instant::now() + patience;
        loop {
            let exchange = self.send(operation, &[Credential::bearer(token.clone())]).await;
            if exchange.response().is_some_and(&hoped_for) || Instant::now() >= until {
                return exchange;
            }
            tokio::time::sleep(PAUSE.max(patience / LOOKS)).await;
        }
    }

    /// Sends `operation` without a token to the endpoint, but by plain http.
    pub async fn send_by_plain_http(&self, operation: &Operation) -> Exchange {
        let mut request = self.dialect(None).request(operation);
        request.purpose = ByPlainHttp(operation.clone()).into();
        request.url = request.url.replacen("https://", "http://", 1);
        self.exchange(request).await
    }

    /// Fetches what a server with the fault of the mutant fetches because of `request`.
    pub(crate) async fn run_errands(&self, errands: Vec<Errand>) {
        for errand in errands {
            self.count_changes(1);
            match errand {
                Errand::Url(url) => {
                    self.bench().sender.send(Request::get("an errand", url), &Honest).await;
                }
                Errand::IssuerKeys => {
                    let Ok(keys) = self.keys() else { continue };
                    let request = Request::get("the issuer's keys", keys.behind().as_str());
                    // Not past the tap, where the errands of one mutant would be counted against all.
                    self.bench().sender.send(request, &Honest).await;
                    self.key_errands.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
    }
}
