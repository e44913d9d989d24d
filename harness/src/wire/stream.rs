//! A stream of events that the bench keeps open while it sends other requests.

use super::sender::{ANYTHING, NAME, failure, target};
use super::{Edit, Exchange, Failure, Request, Response, Sender, events};
use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT, USER_AGENT};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use std::time::{Duration, Instant};

/// A stream that a subject has opened. It is closed when this is dropped.
#[derive(Debug)]
pub struct OpenStream {
    received: Incoming,
    text: BytesMut,
    most: usize,
}

impl OpenStream {
    /// The data of the first event that is looked for, as soon as it is there; nothing where it does not come in time.
    pub async fn event(&mut self, time: Duration, is_looked_for: impl Fn(&str) -> bool) -> Option<String> {
        let reading = async {
            loop {
                let found = events(&String::from_utf8_lossy(&self.text)).into_iter().find(|data| is_looked_for(data));
                if found.is_some() || self.text.len() > self.most {
                    return found;
                }
                let frame = self.received.frame().await?.ok()?;
                self.text.extend_from_slice(&frame.into_data().unwrap_or_default());
            }
        };
        tokio::time::timeout(time, reading).await.ok().flatten()
    }
}

impl Sender {
    /// Sends a request that opens a stream, past `edit`: the exchange as the recorder sees it, whether the edit changed it,
    /// and the stream where the answer is one.
    pub async fn open(&self, mut request: Request, edit: &dyn Edit) -> (Exchange, bool, Option<OpenStream>) {
        request.headers.entry(USER_AGENT).or_insert(NAME);
        request.headers.entry(ACCEPT).or_insert(ANYTHING);
        let mut forwarded = request.clone();
        let mut changed = edit.received_request(&mut forwarded);
        let started = Instant::now();
        let received = match tokio::time::timeout(self.limits.time, self.head(forwarded)).await {
            Ok(received) => received,
            Err(_) => Err(Failure::Silence(self.limits.time)),
        };
        let mut stream = None;
        let mut answer = received.map(|(response, received)| {
            let streams = response.is_success() && response.media_type().as_deref() == Some("text/event-stream");
            stream = streams.then(|| OpenStream { received, text: BytesMut::new(), most: self.limits.body });
            response
        });
        if let Ok(response) = &mut answer {
            changed |= edit.emitted_answer(&request, response);
        }
        (Exchange { number: 0, request, answer, honest: None, took: started.elapsed() }, changed, stream)
    }

    /// Status and header fields of an answer, and the rest of it, which is not read.
    async fn head(&self, request: Request) -> Result<(Response, Incoming), Failure> {
        let Request { method, url, headers, body, .. } = request;
        let mut sent = http::Request::new(Full::new(body));
        (*sent.method_mut(), *sent.uri_mut(), *sent.headers_mut()) = (method, target(&url)?, headers);
        let received = self.connections.send(sent).await.map_err(|error| failure(&error))?;
        let (head, received) = received.into_parts();
        let (status, headers) = (head.status.as_u16(), head.headers);
        Ok((Response { status, headers, body: Bytes::new(), truncated: true }, received))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::wire::{Honest, Limits};
    use wiremock::matchers::method;
    use wiremock::{Mock, MockServer, ResponseTemplate};

    #[tokio::test]
    async fn an_event_is_read_from_a_stream_and_other_answers_are_none() {
        let server = MockServer::start().await;
        let stream =
            ResponseTemplate::new(200).set_body_raw("event: endpoint\ndata: /messages?s=1\n\n", "text/event-stream");
        Mock::given(method("GET")).respond_with(stream).mount(&server).await;
        let sender = Sender::new(Limits::default()).unwrap();

        let (_, _, opened) = sender.open(Request::get("it", server.uri()), &Honest).await;
        let event = opened.unwrap().event(Duration::from_secs(5), |data| data.starts_with('/')).await;
        let (refused, _, none) = sender.open(Request::new("it", http::Method::PUT, server.uri()), &Honest).await;

        assert_eq!(event.as_deref(), Some("/messages?s=1"));
        assert!(none.is_none() && refused.response().unwrap().status == 404);
    }
}
