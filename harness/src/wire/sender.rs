//! Sends the bench's own requests to a subject: raw, without redirects or compression, within limits.
//!
//! The network is not the subject (decision 24). A request that came to nothing for its sake is sent again: once on another
//! connection when one broke before anything was answered, and as [`super::patience`] has it when the subject puts it off.
//! An answer that looks like one of an edge before the subject is asked for again (decision 25). What came of the attempts
//! before the one that stands is kept with the request.

use super::carried::Carriage;
use super::edge::{Edges, Look};
use super::patience::{Pace, Patience};
use super::{
    Attempt, Carried, Connections, Delivery, Edge, Edit, Exchange, Failure, NoClient, Reading, Request, Response, sse,
};
use crate::token_name::{Genuine, TokenName};
use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT, USER_AGENT};
use http::{HeaderValue, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::time::{sleep, timeout};
use url::Url;

/// What the harness calls itself (RFC 9110 §10.1.5). Edges before servers turn away requests that do not say it.
pub(super) const NAME: HeaderValue =
    HeaderValue::from_static(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")));
pub(super) const ANYTHING: HeaderValue = HeaderValue::from_static("*/*");
/// How often a request is sent again that is answered as by an edge.
const SECOND_THOUGHTS: usize = 3;

/// For so long nothing may come before a stream that is read briefly counts as read.
const MOMENT: Duration = Duration::from_millis(300);

/// What a subject may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The longest wait for a whole answer.
    pub time: Duration,
    /// The most bytes kept of a body.
    pub body: usize,
    /// How much it is waited for when it cannot answer, and how fast it is asked.
    pub patience: Patience,
    /// The most bytes of a request, without which it may have any length.
    pub request: Option<usize>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { time: Duration::from_secs(10), body: 1 << 20, patience: Patience::default(), request: None }
    }
}

/// Sends requests and tells what came back.
///
/// Requests that present tokens of different users, a forged one, or none, go over different connections. A server that
/// remembers who authenticated a connection would otherwise be judged by chance.
#[derive(Clone, Debug)]
pub struct Sender {
    pub(super) connections: Connections,
    /// None where all requests go over the same connections.
    apart: Option<Arc<Apart>>,
    pub(super) limits: Limits,
    pace: Arc<Pace>,
    edges: Arc<Edges>,
    /// What something before the subject wants on each request.
    carriage: Option<Carriage>,
    /// Whether each request is sent once, whatever comes of it.
    once: bool,
}

/// The connections of requests that present a token.
#[derive(Debug, Default)]
struct Apart {
    user: OnceLock<Connections>,
    other: OnceLock<Connections>,
    forged: OnceLock<Connections>,
}

impl Sender {
    /// A sender with its own connections.
    ///
    /// # Errors
    /// When the TLS roots of this machine cannot be read.
    pub fn new(limits: Limits) -> Result<Self, NoClient> {
        Ok(Self::over(Connections::new(limits.time)?, limits))
    }

    /// A sender over connections that were set up elsewhere: to a host that has no address, with a certificate that
    /// nobody has signed.
    #[must_use]
    pub fn over(connections: Connections, limits: Limits) -> Self {
        let pace = Arc::new(Pace::new(limits.patience));
        Self {
            connections,
            apart: Some(Arc::default()),
            limits,
            pace,
            edges: Arc::default(),
            carriage: None,
            once: false,
        }
    }

    /// A sender to the same subject, which goes at the same pace, with connections of its own, which all its requests share,
    /// whatever they present.
    #[must_use]
    pub fn anew(&self) -> Self {
        Self { connections: self.connections.anew(), apart: None, ..self.clone() }
    }

    /// A sender over the connections of requests that present this token, whatever its own requests present.
    #[must_use]
    pub fn beside(&self, presented: &TokenName) -> Self {
        Self { connections: self.connections_of(Some(presented)).clone(), apart: None, ..self.clone() }
    }

    /// The connections over which a request goes that presents this token.
    fn connections_of(&self, presented: Option<&TokenName>) -> &Connections {
        let (Some(apart), Some(name)) = (&self.apart, presented) else { return &self.connections };
        let of = match name {
            TokenName::Genuine(Genuine::OtherUser) => &apart.other,
            TokenName::Genuine(Genuine::Valid) | TokenName::Scoped(_) => &apart.user,
            TokenName::Genuine(_) | TokenName::Forged(_) | TokenName::OfProxy => &apart.forged,
        };
        of.get_or_init(|| self.connections.anew())
    }

    /// A sender whose requests to the origin of `url` carry these fields.
    #[must_use]
    pub fn carrying(self, url: &str, fields: &[Carried]) -> Self {
        Self { carriage: Carriage::to(url, fields), ..self }
    }

    /// A sender that sends each request once, whatever comes of it: for what is counted.
    #[must_use]
    pub fn once(&self) -> Self {
        Self { once: true, ..self.clone() }
    }

    /// How many requests were sent to the subject, repetitions included.
    #[must_use]
    pub fn sent(&self) -> usize {
        self.pace.sent()
    }

    /// Takes note of how a request was answered with a valid token and how it was with none that could be valid. Where both
    /// answers look the same and like those of an edge, all that look so are an edge's from now on; tells whether they are.
    #[must_use]
    pub fn distrust(&self, valid: &Exchange, invalid: &Exchange) -> bool {
        let look = |exchange: &Exchange| Look::of(&exchange.request, exchange.response()?);
        match (look(valid), look(invalid)) {
            (Some(valid), Some(invalid)) if valid == invalid => {
                self.edges.is_edge(valid, Edge::Regardless);
                true
            }
            _ => false,
        }
    }

    /// Sends `request` past `edit` and returns the exchange as the recorder sees it, and whether the edit changed it.
    pub async fn send(&self, mut request: Request, edit: &dyn Edit) -> (Exchange, bool) {
        request.headers.entry(USER_AGENT).or_insert(NAME);
        request.headers.entry(ACCEPT).or_insert(ANYTHING);
        let mut forwarded = request.clone();
        let mut changed = edit.received_request(&mut forwarded);
        if let Some(carriage) = &self.carriage {
            carriage.show_on(&mut request);
            carriage.put_on(&mut forwarded);
        }
        let Delivered { mut answer, delivery, took } = self.deliver(forwarded).await;
        request.delivery = delivery;
        if let Ok(response) = &mut answer {
            changed |= edit.emitted_answer(&request, response);
        }
        (Exchange { number: 0, request, answer, honest: None, took }, changed)
    }

    /// Sends a request until it is answered for good.
    async fn deliver(&self, request: Request) -> Delivered {
        if let Some(most) = self.limits.request.filter(|most| size(&request) > *most) {
            let answer = Err(Failure::Withheld(most));
            return Delivered { answer, delivery: Delivery::default(), took: Duration::ZERO };
        }
        let mut attempts = Attempts::default();
        loop {
            let presented = request.presented.as_ref().map(|presented| &presented.name);
            let usual = self.connections_of(presented);
            let connections = if attempts.earlier.is_empty() { usual } else { &self.connections.anew() };
            let lane = self.pace.enter().await;
            let started = Instant::now();
            let answer = match timeout(self.limits.time, self.exchange(connections, request.clone())).await {
                Ok(answer) => answer,
                Err(_) => Err(Failure::Silence(self.limits.time)),
            };
            let took = started.elapsed();
            drop(lane);
            match self.wait(&request, &answer, &mut attempts) {
                Some(pause) => {
                    attempts.earlier.push(Attempt::new(&answer, pause));
                    sleep(pause).await;
                }
                None => {
                    let edge = answer.as_ref().ok().and_then(|response| self.edge(&request, response, &attempts));
                    let delivery = Delivery { earlier: attempts.earlier, edge };
                    return Delivered { answer, delivery, took };
                }
            }
        }
    }

    /// How long to wait before the request is sent again; nothing if the answer stands.
    fn wait(&self, request: &Request, answer: &Result<Response, Failure>, attempts: &mut Attempts) -> Option<Duration> {
        if self.once {
            return None;
        }
        match answer {
            Err(Failure::Connection(_)) if !attempts.broke => {
                attempts.broke = true;
                Some(Duration::ZERO)
            }
            Err(_) => None,
            Ok(response) => {
                if let Some(pause) = self.pace.after(response, attempts.put_off) {
                    attempts.put_off += 1;
                    return Some(pause);
                }
                let look = Look::of(request, response)?;
                let is_open = attempts.looks.len() < SECOND_THOUGHTS && self.edges.is_to_repeat(&look);
                is_open.then(|| {
                    attempts.looks.push(look);
                    Duration::ZERO
                })
            }
        }
    }

    /// Why the answer that stands is probably an edge's; takes note of what the attempts show.
    fn edge(&self, request: &Request, response: &Response, attempts: &Attempts) -> Option<Edge> {
        let look = Look::of(request, response);
        // An answer that puts the request off is no other answer.
        let others = attempts.looks.iter().filter(|seen| !response.is_put_off() && Some(*seen) != look.as_ref());
        others.for_each(|seen| self.edges.is_edge(seen.clone(), Edge::Intermittent));
        let look = look?;
        if attempts.looks.len() == SECOND_THOUGHTS && attempts.looks.iter().all(|seen| *seen == look) {
            self.edges.is_steady(look.clone());
        }
        self.edges.edge(&look)
    }

    async fn exchange(&self, connections: &Connections, request: Request) -> Result<Response, Failure> {
        let Request { method, url, headers, body, reading, .. } = request;
        let mut sent = http::Request::new(Full::new(body));
        (*sent.method_mut(), *sent.uri_mut(), *sent.headers_mut()) = (method, target(&url)?, headers);
        let (head, mut received) = connections.send(sent).await.map_err(|error| failure(&error))?.into_parts();
        let mut response =
            Response { status: head.status.as_u16(), headers: head.headers, body: Bytes::new(), truncated: false };
        if reading == Reading::Head && response.is_success() {
            response.truncated = true;
        } else {
            self.read(&mut received, &mut response, reading).await?;
        }
        Ok(response)
    }

    /// Reads the content of an answer. Where it breaks off, a refusal says by its status what matters.
    async fn read(&self, received: &mut Incoming, response: &mut Response, reading: Reading) -> Result<(), Failure> {
        let streams = response.media_type().as_deref() == Some("text/event-stream");
        let mut body = BytesMut::new();
        loop {
            let next = match reading {
                Reading::Briefly => match timeout(MOMENT, received.frame()).await {
                    Ok(next) => next,
                    Err(_) => {
                        response.truncated = true;
                        break;
                    }
                },
                Reading::Answer | Reading::Head => received.frame().await,
            };
            let Some(frame) = next else { break };
            let chunk = match frame {
                Ok(frame) => frame.into_data().unwrap_or_default(),
                Err(error) if response.is_success() => return Err(Failure::CutShort(cause(&error))),
                Err(_) => {
                    response.truncated = true;
                    break;
                }
            };
            let room = self.limits.body.saturating_sub(body.len());
            body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if chunk.len() > room {
                response.truncated = true;
                break;
            }
            if streams && reading == Reading::Answer && sse::holds_an_answer(&String::from_utf8_lossy(&body)) {
                break;
            }
        }
        response.body = body.freeze();
        Ok(())
    }
}

/// What sending a request for good came to.
struct Delivered {
    answer: Result<Response, Failure>,
    delivery: Delivery,
    took: Duration,
}

/// The attempts to send one request so far.
#[derive(Default)]
struct Attempts {
    earlier: Vec<Attempt>,
    /// Whether a connection broke under one.
    broke: bool,
    /// How many were put off.
    put_off: u32,
    /// What those looked like that may have been answered by an edge.
    looks: Vec<Look>,
}

/// How many bytes a request has, but for what the protocol adds.
fn size(request: &Request) -> usize {
    let fields = request.headers.iter().map(|(name, value)| name.as_str().len() + value.len());
    fields.sum::<usize>() + request.url.len() + request.body.len()
}

/// A URL as it is sent: byte for byte, unless HTTP has no room for some of its bytes.
pub(super) fn target(url: &str) -> Result<Uri, Failure> {
    let is_absolute = |uri: &Uri| uri.scheme().is_some() && uri.host().is_some();
    let normalized = || Url::parse(url).ok()?.as_str().parse().ok();
    let uri = url.parse().ok().filter(is_absolute).or_else(normalized).filter(is_absolute);
    uri.ok_or_else(|| Failure::Unsendable(format!("`{url}` is no URL to which a request can be sent")))
}

pub(super) fn failure(error: &hyper_util::client::legacy::Error) -> Failure {
    let http = causes(error).find_map(|cause| cause.downcast_ref::<hyper::Error>());
    match http {
        Some(http) if http.is_parse() => Failure::NotHttp(cause(error)),
        Some(http) if http.is_user() => Failure::Unsendable(cause(error)),
        _ => Failure::Connection(cause(error)),
    }
}

fn causes<'e>(
    error: &'e (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'e (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |error| error.source())
}

fn cause(error: &(dyn std::error::Error + 'static)) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default()
}
