//! Connections to a subject: HTTP/1.1, kept open from one request to the next.
//!
//! Two things are otherwise than an HTTP client has them by itself. A server may answer before it has read the whole
//! request, as one does whose limit a header field exceeds, and close the connection: then writing fails, and the answer
//! is there to be read all the same. And a connection over which a server error came is not used again.

use super::trust::shared_configuration;
use bytes::Bytes;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use http::Uri;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_rustls::{DefaultServerNameResolver, HttpsConnector};
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector, capture_connection};
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::ClientConfig;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tower_service::Service;

/// How long an idle connection is kept.
const IDLE: Duration = Duration::from_secs(60);
/// The most that one connection may take to be there.
const CONNECT: Duration = Duration::from_secs(5);

/// Why nothing can be sent from here.
#[derive(Clone, Debug, thiserror::Error)]
#[error("no HTTP client can be made: {0}")]
pub struct NoClient(#[from] rustls::Error);

/// Where connections go, and the connections that are open.
#[derive(Clone, Debug)]
pub struct Connections {
    connector: HttpsConnector<Dial>,
    client: Client<HttpsConnector<Dial>, Full<Bytes>>,
}

impl Connections {
    /// Connections that trust what this machine trusts.
    ///
    /// # Errors
    /// When this build of rustls knows none of the versions of TLS.
    pub(super) fn new(limit: Duration) -> Result<Self, NoClient> {
        Ok(Self::over(shared_configuration()?, None, limit))
    }

    /// Connections with another idea of what to trust, by which `host` is at `address`, whatever its name resolves to.
    #[must_use]
    pub fn to(host: &str, address: SocketAddr, tls: ClientConfig, limit: Duration) -> Self {
        Self::over(tls, Some((host.to_owned(), address)), limit)
    }

    fn over(tls: ClientConfig, placed: Option<(String, SocketAddr)>, limit: Duration) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(limit.min(CONNECT)));
        let dial = Dial { tcp, placed };
        let connector = HttpsConnector::new(dial, tls, false, Arc::new(DefaultServerNameResolver::default()));
        Self { client: client(&connector), connector }
    }

    /// The same with no connection open.
    #[must_use]
    pub(super) fn anew(&self) -> Self {
        Self { connector: self.connector.clone(), client: client(&self.connector) }
    }

    /// Sends a request and waits for the head of its answer.
    pub(super) async fn send(
        &self,
        mut request: http::Request<Full<Bytes>>,
    ) -> Result<http::Response<Incoming>, Error> {
        let connection = capture_connection(&mut request);
        let answer = self.client.request(request).await?;
        if answer.status().is_server_error() {
            connection.connection_metadata().iter().for_each(Connected::poison);
        }
        Ok(answer)
    }
}

fn client(connector: &HttpsConnector<Dial>) -> Client<HttpsConnector<Dial>, Full<Bytes>> {
    Client::builder(TokioExecutor::new()).pool_idle_timeout(IDLE).pool_timer(TokioTimer::new()).build(connector.clone())
}

/// Opens TCP connections that can be read although writing failed.
#[derive(Clone, Debug)]
struct Dial {
    tcp: HttpConnector,
    /// A host that is somewhere else than its name says.
    placed: Option<(String, SocketAddr)>,
}

impl Dial {
    fn target(&self, uri: Uri) -> Uri {
        let Some((host, address)) = &self.placed else { return uri };
        if uri.host() != Some(host) {
            return uri;
        }
        let mut parts = uri.clone().into_parts();
        parts.authority = address.to_string().parse().ok();
        Uri::from_parts(parts).unwrap_or(uri)
    }
}

impl Service<Uri> for Dial {
    type Response = TokioIo<Outspoken>;
    type Error = Box<dyn std::error::Error + Send + Sync>;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.tcp.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let target = self.target(uri);
        let dialled = self.tcp.call(target);
        async move { Ok(TokioIo::new(Outspoken { stream: dialled.await?.into_inner(), is_cut: false })) }.boxed()
    }
}

/// A connection to a peer that may answer, and hang up, before it was told everything. What cannot be written is
/// forgotten, so that what is to be read is read.
#[derive(Debug)]
struct Outspoken {
    stream: TcpStream,
    /// Whether the peer takes no more.
    is_cut: bool,
}

impl Outspoken {
    /// What became of writing `length` bytes; once the peer takes no more, they count as written.
    fn written(&mut self, length: usize, result: io::Result<usize>) -> io::Result<usize> {
        match result {
            Err(error) if is_hang_up(&error) => {
                self.is_cut = true;
                Ok(length)
            }
            result => result,
        }
    }
}

fn is_hang_up(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, NotConnected};
    matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | NotConnected)
}

impl AsyncRead for Outspoken {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        match ready!(Pin::new(&mut this.stream).poll_read(context, buffer)) {
            // All that the peer had to say was read, and that it hung up is known.
            Err(error) if this.is_cut && is_hang_up(&error) => Poll::Ready(Ok(())),
            read => Poll::Ready(read),
        }
    }
}

impl AsyncWrite for Outspoken {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.is_cut {
            return Poll::Ready(Ok(bytes.len()));
        }
        let result = ready!(Pin::new(&mut this.stream).poll_write(context, bytes));
        Poll::Ready(this.written(bytes.len(), result))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let length = slices.iter().map(|slice| slice.len()).sum();
        if this.is_cut {
            return Poll::Ready(Ok(length));
        }
        let result = ready!(Pin::new(&mut this.stream).poll_write_vectored(context, slices));
        Poll::Ready(this.written(length, result))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.is_cut { Poll::Ready(Ok(())) } else { Pin::new(&mut this.stream).poll_flush(context) }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.is_cut { Poll::Ready(Ok(())) } else { Pin::new(&mut this.stream).poll_shutdown(context) }
    }
}

impl Connection for Outspoken {
    fn connected(&self) -> Connected {
        self.stream.connected()
    }
}
