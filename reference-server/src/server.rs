//! The parts put together, and a running server.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::serve::ListenerExt;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::batch::split_batches;
use crate::config::Config;
use crate::cors::share_with_origins;
use crate::guard::{Guard, MAX_BODY_LENGTH, protect, refuse_foreign_hosts};
use crate::metadata;
use crate::notes::Notes;
use crate::sessions::Sessions;
use crate::tools::Tools;

/// How long open requests get to end when the server stops.
const GRACE: Duration = Duration::from_secs(2);

/// The server as routes: the MCP endpoint at the path of the resource and its metadata. For embedding into a program that
/// listens by itself; [`Server::start`] does the listening too.
pub fn router(config: Config) -> Router {
    routes(config, CancellationToken::new())
}

/// The way to start a server.
#[derive(Debug, Clone, Copy)]
pub struct Server;

/// Why a server could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address of a listener cannot be found out.
    #[error("cannot tell where the server listens: {0}")]
    Listener(#[source] io::Error),
    /// There is nothing to listen on.
    #[error("there is no listener")]
    NoListener,
}

/// A server that answers until it is stopped or dropped.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    tasks: JoinSet<io::Result<()>>,
    stopping: DropGuard,
}

impl Server {
    /// Starts answering on a listener. Keys are fetched when the first token comes, so the authorization server need not be there
    /// yet.
    ///
    /// # Errors
    ///
    /// When the address of the listener cannot be found out.
    pub async fn start(config: Config, listener: TcpListener) -> Result<Running, StartError> {
        Self::start_on(config, vec![listener]).await
    }

    /// Starts answering on several listeners, for instance both loopback addresses.
    ///
    /// # Errors
    ///
    /// When there is none, or the address of one cannot be found out.
    pub async fn start_on(config: Config, listeners: Vec<TcpListener>) -> Result<Running, StartError> {
        let address = listeners.first().ok_or(StartError::NoListener)?.local_addr().map_err(StartError::Listener)?;
        let stopping = CancellationToken::new();
        let routes = routes(config, stopping.clone());
        let mut tasks = JoinSet::new();
        for listener in listeners {
            // Without this, answers that are streamed wait for the client's delayed acknowledgements.
            let listener = listener.tap_io(|stream| {
                let _ = stream.set_nodelay(true);
            });
            let stopped = stopping.clone().cancelled_owned();
            let service = axum::serve(listener, routes.clone()).with_graceful_shutdown(stopped);
            tasks.spawn(async move { service.await });
        }
        Ok(Running { address, tasks, stopping: stopping.drop_guard() })
    }
}

impl Running {
    /// Where the server listens; with several listeners, the first.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Stops listening, ends all streams and waits a moment for requests that are being answered.
    pub async fn stop(self) {
        let Self { mut tasks, stopping, .. } = self;
        drop(stopping);
        let _ = tokio::time::timeout(GRACE, async { while tasks.join_next().await.is_some() {} }).await;
    }
}

fn routes(config: Config, stopping: CancellationToken) -> Router {
    let sessions = Arc::new(Sessions::default());
    let metadata = metadata::route(&config);
    let endpoint_path = config.resource.endpoint_path().to_owned();
    let endpoint = mcp_endpoint(sessions.manager(), stopping);
    let guard = Arc::new(Guard::new(config, sessions));

    // Layers of routes, not of the router: other paths are not found, for whomever asks.
    let endpoint = Router::new()
        .without_v07_checks()
        .route_service(&endpoint_path, endpoint)
        .route_layer(from_fn(split_batches))
        .route_layer(from_fn_with_state(Arc::clone(&guard), protect))
        .route_layer(from_fn_with_state(Arc::clone(&guard), share_with_origins));
    metadata.merge(endpoint).layer(from_fn_with_state(guard, refuse_foreign_hosts))
}

/// The MCP layer: sessions for the revisions that have them, none for 2026-07-28. `Host` and `Origin` are checked in front of it.
fn mcp_endpoint(
    sessions: Arc<LocalSessionManager>,
    stopping: CancellationToken,
) -> StreamableHttpService<Tools, LocalSessionManager> {
    let tools = Tools::new(Arc::new(Notes::default()));
    let config = StreamableHttpServerConfig::default()
        .with_json_response(true)
        .with_max_request_body_bytes(MAX_BODY_LENGTH)
        .with_cancellation_token(stopping)
        .disable_allowed_hosts();
    StreamableHttpService::new(move || Ok(tools.clone()), sessions, config)
}
