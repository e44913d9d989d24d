//! One HTTP listener on loopback: opened at once, closed gracefully, never on another interface.
//!
//! It knows nothing of what it serves.

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt as _;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;

/// How long requests under way may take once a listener closes. Browsers keep idle connections open, so waiting cannot be unbounded.
const GRACE: Duration = Duration::from_secs(1);

/// A port that is taken but not served yet: its address is known before the router that needs to know it exists.
#[derive(Debug)]
pub(crate) struct Reserved {
    socket: TcpListener,
    url: Url,
}

impl Reserved {
    /// Takes `port` on 127.0.0.1, or a free one for 0.
    pub(crate) fn loopback(port: u16) -> io::Result<Self> {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        socket.set_nonblocking(true)?;
        let url = Url::parse(&format!("http://{}/", socket.local_addr()?)).map_err(io::Error::other)?;
        Ok(Self { socket, url })
    }

    /// Where the listener will answer: `http://127.0.0.1:PORT/`.
    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// Starts to answer requests with `router`. Must be called within a Tokio runtime.
    pub(crate) fn serve(self, router: Router) -> io::Result<Served> {
        // Nagle's algorithm and delayed acknowledgements together cost 40 ms per answer.
        let listener = tokio::net::TcpListener::from_std(self.socket)?.tap_io(|stream| {
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "TCP_NODELAY not set");
            }
        });
        let stop = CancellationToken::new();
        let stopped = stop.clone().cancelled_owned();
        let task = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stopped).await {
                tracing::error!(%error, "listener ended");
            }
        });
        Ok(Served { url: self.url, stop, task: Some(task) })
    }
}

/// A listener that answers requests until it is closed or dropped.
#[derive(Debug)]
pub(crate) struct Served {
    url: Url,
    stop: CancellationToken,
    task: Option<JoinHandle<()>>,
}

impl Served {
    /// Where the listener answers: `http://127.0.0.1:PORT/`.
    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// Accepts nothing more, lets requests under way finish, and returns when the port is free.
    pub(crate) async fn close(&mut self) {
        self.stop.cancel();
        let Some(mut task) = self.task.take() else { return };
        if tokio::time::timeout(GRACE, &mut task).await.is_err() {
            task.abort();
            // The task was just aborted; that it ended by abortion is no news.
            let _ = task.await;
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
