//! Sends the bench's own requests to a subject: raw, without redirects, retries or compression, within limits.

use super::{Edit, Exchange, Failure, Reading, Request, Response, client_builder, sse};
use crate::token_name::{Genuine, TokenName};
use bytes::BytesMut;
use http::HeaderValue;
use http::header::USER_AGENT;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// What the harness calls itself (RFC 9110 §10.1.5). Edges before servers turn away requests that do not say it.
const NAME: HeaderValue = HeaderValue::from_static(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")));

/// For so long nothing may come before a stream that is read briefly counts as read.
const MOMENT: Duration = Duration::from_millis(300);

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
///
/// Requests that present tokens of different users, a forged one, or none, go over different connections. A server that
/// remembers who authenticated a connection would otherwise be judged by chance.
#[derive(Clone, Debug)]
pub struct Sender {
    client: reqwest::Client,
    /// None where all requests go over the same connections.
    apart: Option<Arc<Apart>>,
    limits: Limits,
}

/// The connections of requests that present a token.
#[derive(Debug, Default)]
struct Apart {
    user: OnceLock<reqwest::Client>,
    other: OnceLock<reqwest::Client>,
    forged: OnceLock<reqwest::Client>,
}

impl Sender {
    /// A sender with its own connections.
    ///
    /// # Errors
    /// When the TLS roots of this machine cannot be read.
    pub fn new(limits: Limits) -> Result<Self, reqwest::Error> {
        Ok(Self { client: client(limits)?, apart: Some(Arc::default()), limits })
    }

    /// A sender over connections that were set up elsewhere: to a host that has no address, with a certificate that
    /// nobody has signed. One made [`anew`](Self::anew) has ordinary ones.
    #[must_use]
    pub const fn over(client: reqwest::Client, limits: Limits) -> Self {
        Self { client, apart: None, limits }
    }

    /// A sender with the same limits and connections of its own, which all its requests share, whatever they present.
    ///
    /// # Errors
    /// When the TLS roots of this machine cannot be read.
    pub fn anew(&self) -> Result<Self, reqwest::Error> {
        Ok(Self { client: client(self.limits)?, apart: None, limits: self.limits })
    }

    /// A sender over the connections of requests that present this token, whatever its own requests present.
    #[must_use]
    pub fn beside(&self, presented: &TokenName) -> Self {
        Self { client: self.connections(Some(presented)).clone(), apart: None, limits: self.limits }
    }

    /// The connections over which a request goes that presents this token.
    fn connections(&self, presented: Option<&TokenName>) -> &reqwest::Client {
        let (Some(apart), Some(name)) = (&self.apart, presented) else { return &self.client };
        let of = match name {
            TokenName::Genuine(Genuine::OtherUser) => &apart.other,
            TokenName::Genuine(Genuine::Valid) | TokenName::Scoped(_) => &apart.user,
            TokenName::Genuine(_) | TokenName::Forged(_) | TokenName::OfProxy => &apart.forged,
        };
        of.get_or_init(|| client(self.limits).unwrap_or_else(|_| self.client.clone()))
    }

    /// Sends `request` past `edit` and returns the exchange as the recorder sees it, and whether the edit changed it.
    pub async fn send(&self, mut request: Request, edit: &dyn Edit) -> (Exchange, bool) {
        request.headers.entry(USER_AGENT).or_insert(NAME);
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
        let Request { method, url, headers, body, reading, presented, .. } = request;
        let connections = self.connections(presented.as_ref().map(|presented| &presented.name));
        let sent = connections.request(method, url).headers(headers).body(body).send().await;
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
        loop {
            let next = match reading {
                Reading::Briefly => match tokio::time::timeout(MOMENT, received.chunk()).await {
                    Ok(next) => next,
                    Err(_) => {
                        response.truncated = true;
                        break;
                    }
                },
                Reading::Answer | Reading::Head => received.chunk().await,
            };
            let Some(chunk) = next.map_err(|error| failure(&error))? else { break };
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
        Ok(response)
    }
}

fn client(limits: Limits) -> Result<reqwest::Client, reqwest::Error> {
    client_builder().tcp_nodelay(true).connect_timeout(limits.time.min(Duration::from_secs(5))).build()
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::wire::Honest;
    use wiremock::matchers::{header, header_exists};
    use wiremock::{Mock, MockServer, ResponseTemplate};

    fn as_text(exchange: &Exchange) -> Option<&str> {
        exchange.request.headers.get(USER_AGENT)?.to_str().ok()
    }

    #[tokio::test]
    async fn a_request_says_who_sends_it_and_is_recorded_as_it_was_sent() {
        let server = MockServer::start().await;
        let named = header("user-agent", NAME.to_str().unwrap());
        Mock::given(named).respond_with(ResponseTemplate::new(204)).expect(1).mount(&server).await;
        let sender = Sender::new(Limits::default()).unwrap();
        let (exchange, _) = sender.send(Request::get("it", server.uri()), &Honest).await;
        assert_eq!(exchange.response().map(|response| response.status), Some(204));
        assert_eq!(as_text(&exchange), NAME.to_str().ok());
    }

    #[tokio::test]
    async fn a_name_that_a_request_has_already_stays() {
        let server = MockServer::start().await;
        Mock::given(header_exists("user-agent")).respond_with(ResponseTemplate::new(204)).mount(&server).await;
        let request = Request::get("it", server.uri()).header(USER_AGENT, HeaderValue::from_static("a-browser/1"));
        let (exchange, _) = Sender::new(Limits::default()).unwrap().send(request, &Honest).await;
        assert_eq!(as_text(&exchange), Some("a-browser/1"));
    }
}
