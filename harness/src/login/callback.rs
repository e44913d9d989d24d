//! A listener for the redirect URI of the harness's own logins.
//!
//! It takes the first callback and shows a plain page. It does not look at `code`, `state` or `iss`: that is the
//! business of the module that asked for the login.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use axum::Router;
use axum::extract::{OriginalUri, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;
use axum::serve::ListenerExt;
use futures::future::join_all;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::{CancellationToken, DropGuard};
use url::Url;

use super::visited::is_private;

const PAGE: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>Login finished</title>\
    <p>The login is finished. You may close this page.</p></html>";

/// How long a browser may take to finish loading the page when the listener closes.
const GRACE: Duration = Duration::from_secs(1);

/// Waits for one callback at `http://localhost:PORT/callback`. Dropping it closes the port soon; [`CallbackListener::close`]
/// waits until it is free.
pub struct CallbackListener {
    redirect_uri: Url,
    caught: watch::Receiver<Option<Url>>,
    stop: DropGuard,
    serving: JoinHandle<()>,
}

/// The listener ended before any callback came.
#[derive(Debug, thiserror::Error)]
#[error("the callback listener at {redirect_uri} ended before a callback came")]
pub struct NeverCalledBack {
    /// Where it had listened.
    pub redirect_uri: Url,
}

impl CallbackListener {
    /// Listens on a free loopback port.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn bind() -> io::Result<Self> {
        Self::on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?)
    }

    /// Listens on a socket that is already bound, for a redirect URI that must be known (registered) beforehand.
    ///
    /// # Errors
    /// When the socket has no address.
    pub fn on(listener: TcpListener) -> io::Result<Self> {
        let port = listener.local_addr()?.port();
        let redirect_uri = Url::parse(&format!("http://localhost:{port}/callback")).map_err(io::Error::other)?;
        Ok(Self::serve(vec![listener], redirect_uri))
    }

    /// Listens where a redirect URI says that the client does: `http`, a port, and a name of the loopback.
    ///
    /// # Errors
    /// When it says anything else, or the port is taken.
    pub async fn at(redirect_uri: &Url) -> io::Result<Self> {
        let wrong = |what: &str| io::Error::new(io::ErrorKind::InvalidInput, what.to_owned());
        if redirect_uri.scheme() != "http" || !is_private(redirect_uri) {
            return Err(wrong("it is not http on a name of the loopback, so nothing of it can be caught here"));
        }
        let port = redirect_uri.port().ok_or_else(|| wrong("it names no port"))?;
        let first = match redirect_uri.host() {
            Some(url::Host::Ipv4(ip)) => TcpListener::bind((ip, port)).await?,
            Some(url::Host::Ipv6(ip)) => TcpListener::bind((ip, port)).await?,
            _ => TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?,
        };
        // A browser may try localhost at ::1 first.
        let second = match redirect_uri.host() {
            Some(url::Host::Domain(_)) => TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await.ok(),
            _ => None,
        };
        Ok(Self::serve(std::iter::once(first).chain(second).collect(), redirect_uri.clone()))
    }

    fn serve(listeners: Vec<TcpListener>, redirect_uri: Url) -> Self {
        let (sender, caught) = watch::channel(None);
        let app = Router::new().fallback(get(catch)).with_state(Trap { redirect_uri: redirect_uri.clone(), sender });
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let served = listeners.into_iter().map(move |listener| {
            // Nagle's algorithm would delay the page by the peer's acknowledgement.
            let listener = listener.tap_io(|stream| {
                let _ = stream.set_nodelay(true);
            });
            // Graceful, so that a browser still loading the page gets all of it.
            axum::serve(listener, app.clone()).with_graceful_shutdown(stopped.clone().cancelled_owned()).into_future()
        });
        let served: Vec<_> = served.collect();
        let serving = tokio::spawn(async move {
            for error in join_all(served).await.into_iter().filter_map(Result::err) {
                tracing::warn!(%error, "the callback listener failed");
            }
        });
        Self { redirect_uri, caught, stop: stop.drop_guard(), serving }
    }

    /// Stops listening and waits until the port can be bound again.
    pub async fn close(self) {
        let Self { stop, mut serving, .. } = self;
        drop(stop);
        if timeout(GRACE, &mut serving).await.is_err() {
            serving.abort();
        }
    }

    /// The redirect URI to register and to send.
    pub fn redirect_uri(&self) -> &Url {
        &self.redirect_uri
    }

    /// The URL of the first callback, with its query; waits for it. Later callbacks change nothing.
    ///
    /// # Errors
    /// When the listener has failed.
    pub async fn caught(&self) -> Result<Url, NeverCalledBack> {
        let never = || NeverCalledBack { redirect_uri: self.redirect_uri.clone() };
        let mut caught = self.caught.clone();
        let url = caught.wait_for(Option::is_some).await.map_err(|_| never())?;
        url.clone().ok_or_else(never)
    }
}

impl fmt::Debug for CallbackListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallbackListener")
            .field("redirect_uri", &self.redirect_uri.as_str())
            .field("caught", &self.caught.borrow().is_some())
            .finish()
    }
}

#[derive(Clone)]
struct Trap {
    redirect_uri: Url,
    sender: watch::Sender<Option<Url>>,
}

async fn catch(State(trap): State<Trap>, OriginalUri(uri): OriginalUri) -> Response {
    let mut url = trap.redirect_uri;
    if uri.path() != url.path() {
        return StatusCode::NOT_FOUND.into_response();
    }
    url.set_query(uri.query());
    trap.sender.send_if_modified(|first| {
        let is_first = first.is_none();
        first.get_or_insert(url);
        is_first
    });
    Html(PAGE).into_response()
}
