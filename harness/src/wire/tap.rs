//! A reverse proxy that records: it stands where a client under test believes a server to be.

use super::{Delivery, Edit, Failure, Purpose, Reading, Recorder, Request, Response, client_builder};
use axum::body::Body;
use axum::extract::State;
use axum::serve::ListenerExt as _;
use bytes::Bytes;
use futures::StreamExt as _;
use http::{HeaderMap, HeaderName, header};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const BODY_CAP: usize = 4 << 20;
const HOP_BY_HOP: [HeaderName; 3] = [header::CONNECTION, header::TRANSFER_ENCODING, header::CONTENT_LENGTH];

/// What becomes of a request that came to a tap.
#[derive(Clone, Debug)]
pub enum Route {
    /// It goes on to this URL.
    Onward(String),
    /// The bench answers at once.
    Answer(Response),
}

/// What stands behind a tap: it answers a request that the subject sent.
pub trait Upstream: Send + Sync + 'static {
    /// What becomes of a request.
    fn route(&self, request: &Request) -> Route;

    /// Makes an answer from behind the tap fit to be seen before it, as by naming the tap where it names its own host.
    fn adapt(&self, request: &Request, answer: &mut Response) {
        let _ = (request, answer);
    }

    /// A trap: what a client under test is to see instead of the honest answer.
    fn bend(&self, request: &Request, answer: &mut Response) {
        let _ = (request, answer);
    }
}

/// Tells what the requests are for that come to a tap.
pub trait Addressee: Send + Sync + 'static {
    /// What a request to this path is for.
    fn purpose(&self, path: &str) -> Purpose;
}

/// For a tap whose traffic has to be recognised nowhere: a name, and the path.
impl Addressee for &'static str {
    fn purpose(&self, path: &str) -> Purpose {
        format!("{self} {path}").into()
    }
}

/// Why a tap cannot stand.
#[derive(Debug, thiserror::Error)]
pub enum TapError {
    /// No port, or no HTTP client.
    #[error("a tap could not be put up: {0}")]
    Setup(String),
}

/// A recording reverse proxy on a port of its own.
#[derive(Debug)]
pub struct Tap {
    stop: CancellationToken,
    changes: Arc<AtomicUsize>,
    serving: Option<JoinHandle<()>>,
}

struct Shared {
    addressee: Box<dyn Addressee>,
    origin: String,
    upstream: Box<dyn Upstream>,
    edit: Arc<dyn Edit>,
    recorder: Arc<Recorder>,
    client: reqwest::Client,
    changes: Arc<AtomicUsize>,
}

impl Shared {
    fn count(&self, changed: bool) {
        self.changes.fetch_add(usize::from(changed), Ordering::Relaxed);
    }
}

impl Tap {
    /// Puts a tap on `listener`, which subjects reach as `origin` (scheme, host and port). The addressee is whom they
    /// believe to be there.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn start(
        addressee: impl Addressee,
        listener: TcpListener,
        origin: String,
        upstream: Box<dyn Upstream>,
        edit: Arc<dyn Edit>,
        recorder: Arc<Recorder>,
    ) -> Result<Self, TapError> {
        let client = client_builder().tcp_nodelay(true).build().map_err(|error| TapError::Setup(error.to_string()))?;
        let changes = Arc::new(AtomicUsize::new(0));
        let addressee = Box::new(addressee);
        let shared = Shared { addressee, origin, upstream, edit, recorder, client, changes: Arc::clone(&changes) };
        let router = axum::Router::new().fallback(pass).with_state(Arc::new(shared));
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        let serving = tokio::spawn(async move {
            tokio::select! {
                () = stopped.cancelled() => {}
                _ = axum::serve(listener, router) => {}
            }
        });
        Ok(Self { stop, changes, serving: Some(serving) })
    }

    /// Takes the tap down and waits until its port is free; tells how often the edit changed something.
    pub async fn close(mut self) -> usize {
        self.stop.cancel();
        if let Some(serving) = self.serving.take() {
            // One that panicked serves no more either.
            let _ = serving.await;
        }
        self.changes()
    }

    /// How often the edit changed something.
    #[must_use]
    pub fn changes(&self) -> usize {
        self.changes.load(Ordering::Relaxed)
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn pass(State(tap): State<Arc<Shared>>, request: axum::extract::Request) -> axum::response::Response {
    let started = Instant::now();
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, BODY_CAP).await else {
        return plain(413, "the tap takes no more than 4 MiB");
    };
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    let request = Request {
        purpose: tap.addressee.purpose(parts.uri.path()),
        method: parts.method,
        url: format!("{}{target}", tap.origin),
        headers: parts.headers,
        body,
        reading: Reading::Answer,
        presented: None,
        made_up: false,
        delivery: Delivery::default(),
    };
    let mut seen = request.clone();
    tap.count(tap.edit.emitted_request(&mut seen));
    if seen.url != request.url {
        // What it is for is read off where it goes, and the recorder sees it go elsewhere.
        seen.purpose = tap.addressee.purpose(&seen.path());
    }
    match tap.upstream.route(&request) {
        Route::Answer(honest) => answer(&tap, &request, seen, honest, started),
        Route::Onward(url) => forward(tap, request, seen, url, started).await,
    }
}

/// Hands an answer over: bent where a trap is set, recorded as it is then, and last as a mutant would have received it.
fn answer(
    tap: &Shared,
    request: &Request,
    seen: Request,
    mut honest: Response,
    started: Instant,
) -> axum::response::Response {
    tap.upstream.adapt(request, &mut honest);
    let mut bent = honest.clone();
    tap.upstream.bend(request, &mut bent);
    tap.count(tap.edit.emitted_answer(request, &mut bent));
    let mut received = bent.clone();
    tap.count(tap.edit.received_answer(&seen, &honest, &mut received));
    tap.recorder.record_trapped(seen, bent, honest, started.elapsed());
    rebuild(received.status, &received.headers, Body::from(received.body))
}

async fn forward(
    tap: Arc<Shared>,
    request: Request,
    seen: Request,
    url: String,
    started: Instant,
) -> axum::response::Response {
    let mut headers = request.headers.clone();
    for hop in HOP_BY_HOP {
        headers.remove(hop);
    }
    let mut forwarded = Request { headers, ..request.clone() };
    tap.count(tap.edit.received_request(&mut forwarded));
    let sent = tap.client.request(forwarded.method, url).headers(forwarded.headers).body(forwarded.body).send().await;
    let received = match sent {
        Ok(received) => received,
        Err(error) => {
            let failure = Failure::Connection(error.without_url().to_string());
            tap.recorder.record(seen, Err(failure), started.elapsed());
            return plain(502, "nothing answers behind the tap");
        }
    };
    let head = Response {
        status: received.status().as_u16(),
        headers: received.headers().clone(),
        body: Bytes::new(),
        truncated: false,
    };
    if head.media_type().as_deref() == Some("text/event-stream") {
        return stream(tap, seen, head, received, started.elapsed());
    }
    let body = received.bytes().await.unwrap_or_default();
    answer(&tap, &request, seen, Response { body, ..head }, started)
}

fn stream(
    tap: Arc<Shared>,
    seen: Request,
    head: Response,
    received: reqwest::Response,
    took: Duration,
) -> axum::response::Response {
    let (status, headers) = (head.status, head.headers.clone());
    let number = tap.recorder.record(seen, Ok(head), took);
    let body = received.bytes_stream().inspect(move |chunk| {
        if let Ok(chunk) = chunk {
            tap.recorder.append(number, chunk, BODY_CAP);
        }
    });
    rebuild(status, &headers, Body::from_stream(body))
}

fn rebuild(status: u16, headers: &HeaderMap, body: Body) -> axum::response::Response {
    let mut response = axum::response::Response::new(body);
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or(http::StatusCode::BAD_GATEWAY);
    for (name, value) in headers {
        if !HOP_BY_HOP.contains(name) {
            response.headers_mut().append(name.clone(), value.clone());
        }
    }
    response
}

fn plain(status: u16, text: &'static str) -> axum::response::Response {
    rebuild(status, &HeaderMap::new(), Body::from(text))
}
