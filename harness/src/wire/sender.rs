//! Sends the bench's own requests to a subject: raw, without redirects, retries or compression, within limits.

use super::{Edit, Exchange, Failure, Reading, Request, Response, client_builder, sse};
use bytes::BytesMut;
use std::time::{Duration, Instant};

/// What a subject may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The longest wait for a whole answer.
    pub time: Duration,
    /// The most bytes kept of a body.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { time: Duration::from_secs(10), body: 1 << 20 }
    }
}

/// Sends requests and tells what came back.
#[derive(Clone, Debug)]
pub struct Sender {
    client: reqwest::Client,
    limits: Limits,
}

impl Sender {
    /// A sender with its own connections.
    ///
    /// # Errors
    /// When the TLS roots of this machine cannot be read.
    pub fn new(limits: Limits) -> Result<Self, reqwest::Error> {
        let client =
            client_builder().tcp_nodelay(true).connect_timeout(limits.time.min(Duration::from_secs(5))).build()?;
        Ok(Self { client, limits })
    }

    /// A sender over connections that were set up elsewhere: to a host that has no address, with a certificate that
    /// nobody has signed. One made [`anew`](Self::anew) has ordinary ones.
    #[must_use]
    pub const fn over(client: reqwest::Client, limits: Limits) -> Self {
        Self { client, limits }
    }

    /// A sender with the same limits and connections of its own.
    ///
    /// # Errors
    /// When the TLS roots of this machine cannot be read.
    pub fn anew(&self) -> Result<Self, reqwest::Error> {
        Self::new(self.limits)
    }

    /// Sends `request` past `edit` and returns the exchange as the recorder sees it, and whether the edit changed it.
    pub async fn send(&self, request: Request, edit: &dyn Edit) -> (Exchange, bool) {
        let mut forwarded = request.clone();
        let mut changed = edit.received_request(&mut forwarded);
        let started = Instant::now();
        let mut answer = match tokio::time::timeout(self.limits.time, self.exchange(forwarded)).await {
            Ok(answer) => answer,
            Err(_) => Err(Failure::Silence(self.limits.time)),
        };
        if let Ok(response) = &mut answer {
            changed |= edit.emitted_answer(&request, response);
        }
        (Exchange { number: 0, request, answer, honest: None, took: started.elapsed() }, changed)
    }

    async fn exchange(&self, request: Request) -> Result<Response, Failure> {
        let Request { method, url, headers, body, reading, .. } = request;
        let sent = self.client.request(method, url).headers(headers).body(body).send().await;
        let mut received = sent.map_err(|error| failure(&error))?;
        let mut response = Response {
            status: received.status().as_u16(),
            headers: std::mem::take(received.headers_mut()),
            body: bytes::Bytes::new(),
            truncated: false,
        };
        if reading == Reading::Head && response.is_success() {
            response.truncated = true;
            return Ok(response);
        }
        let streams = response.media_type().as_deref() == Some("text/event-stream");
        let mut body = BytesMut::new();
        while let Some(chunk) = received.chunk().await.map_err(|error| failure(&error))? {
            let room = self.limits.body.saturating_sub(body.len());
            body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if chunk.len() > room {
                response.truncated = true;
                break;
            }
            if streams && sse::holds_an_answer(&String::from_utf8_lossy(&body)) {
                break;
            }
        }
        response.body = body.freeze();
        Ok(response)
    }
}

fn failure(error: &reqwest::Error) -> Failure {
    use std::error::Error as _;
    let mut cause = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        cause = inner.to_string();
        source = inner.source();
    }
    if error.is_builder() {
        Failure::Unsendable(cause)
    } else if error.is_connect() || error.is_timeout() {
        Failure::Connection(cause)
    } else {
        Failure::NotHttp(cause)
    }
}
