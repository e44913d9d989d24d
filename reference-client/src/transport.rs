//! MCP requests over streamable HTTP: the HTTP client under rmcp's transport.
//!
//! It adds the access token to every request, follows no redirect, and turns a 401 or 403 into a [`Refusal`] with all its
//! challenges. What to do about a refusal is decided elsewhere, and the request is then made anew.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::{Stream, StreamExt, stream::BoxStream};
use http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER},
};
use reqwest::{RequestBuilder, Response};
use rmcp::{
    model::{ClientJsonRpcMessage, ClientRequest, ErrorData, JsonRpcMessage, ServerJsonRpcMessage},
    transport::streamable_http_client::{
        AuthRequiredError, HttpStatusError, SseError, StreamableHttpClient, StreamableHttpError,
        StreamableHttpPostResponse, StreamableHttpResponseLimits,
    },
};
use sse_stream::{Sse, SseStream};

use crate::{
    challenge::BearerChallenge,
    fetch::{causes, client_builder},
    settings::HttpSettings,
    store::{Serial, TokenStore},
};

const SESSION_ID: &str = "Mcp-Session-Id";
const LAST_EVENT_ID: &str = "Last-Event-ID";
const JSON: &str = "application/json";
const EVENT_STREAM: &str = "text/event-stream";

/// The MCP server refused a request for want of authorization.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    /// 401 or 403.
    pub(crate) status: StatusCode,
    pub(crate) challenge: Option<BearerChallenge>,
    /// The token it was refused with.
    pub(crate) serial: Serial,
}

/// What can go wrong with a request that rmcp has no word for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RequestFailure {
    #[error("the MCP server answered {}", .0.status)]
    Refused(Refusal),
    #[error("the MCP server did not answer: {0}")]
    NoAnswer(String),
    #[error("the MCP server did not answer within {} seconds", .0.as_secs())]
    TimedOut(Duration),
    #[error("the MCP server redirected with {0}; redirects are not followed, because they could carry the token away")]
    Redirected(StatusCode),
}

type Failure = StreamableHttpError<RequestFailure>;

/// The HTTP client of one session.
#[derive(Debug, Clone)]
pub(crate) struct ProtectedHttp {
    client: reqwest::Client,
    store: Arc<TokenStore>,
    answer_timeout: Duration,
    /// Kept for the handshake, whose errors do not always carry their cause.
    last_refusal: Arc<Mutex<Option<Refusal>>>,
}

impl ProtectedHttp {
    pub(crate) fn new(settings: &HttpSettings, store: Arc<TokenStore>) -> Result<Self, reqwest::Error> {
        // Small requests follow each other closely; waiting to fill packets would cost 40 ms each.
        let client = client_builder(settings)?.tcp_nodelay(true).build()?;
        Ok(Self { client, store, answer_timeout: settings.answer_timeout, last_refusal: Arc::default() })
    }

    pub(crate) fn take_refusal(&self) -> Option<Refusal> {
        self.last_refusal.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Sends with the current token. Any answer but 401 proves the token.
    async fn send(
        &self,
        uri: &str,
        request: RequestBuilder,
        session: Option<Arc<str>>,
        headers: HashMap<HeaderName, HeaderValue>,
    ) -> Result<Response, Failure> {
        let (serial, token) = self.store.token_for(uri);
        let mut request = request.headers(headers.into_iter().collect());
        if let Some(session) = session {
            request = request.header(SESSION_ID, session.as_ref());
        }
        if let Some(mut bearer) =
            token.and_then(|token| HeaderValue::try_from(format!("Bearer {}", token.secret())).ok())
        {
            bearer.set_sensitive(true);
            request = request.header(AUTHORIZATION, bearer);
        }
        let answer = tokio::time::timeout(self.answer_timeout, request.send()).await;
        let response = answer
            .map_err(|_| StreamableHttpError::Client(RequestFailure::TimedOut(self.answer_timeout)))?
            .map_err(no_answer)?;
        self.judge(response, serial)
    }

    fn judge(&self, response: Response, serial: Serial) -> Result<Response, Failure> {
        let status = response.status();
        if status != StatusCode::UNAUTHORIZED {
            self.store.proved(serial);
        }
        if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
            let refusal = Refusal { status, challenge: BearerChallenge::from_headers(response.headers()), serial };
            *self.last_refusal.lock().unwrap_or_else(PoisonError::into_inner) = Some(refusal.clone());
            return Err(StreamableHttpError::Client(RequestFailure::Refused(refusal)));
        }
        if status.is_redirection() {
            return Err(StreamableHttpError::Client(RequestFailure::Redirected(status)));
        }
        Ok(response)
    }
}

impl StreamableHttpClient for ProtectedHttp {
    type Error = RequestFailure;

    async fn post_message(
        &self,
        uri: Arc<str>,
        message: ClientJsonRpcMessage,
        session: Option<Arc<str>>,
        auth_header: Option<String>,
        headers: HashMap<HeaderName, HeaderValue>,
    ) -> Result<StreamableHttpPostResponse, Failure> {
        let limits = StreamableHttpResponseLimits::default();
        self.post_message_with_response_limits(uri, message, session, auth_header, headers, limits).await
    }

    async fn post_message_with_response_limits(
        &self,
        uri: Arc<str>,
        message: ClientJsonRpcMessage,
        session: Option<Arc<str>>,
        _auth_header: Option<String>,
        headers: HashMap<HeaderName, HeaderValue>,
        limits: StreamableHttpResponseLimits,
    ) -> Result<StreamableHttpPostResponse, Failure> {
        let in_session = session.is_some();
        let request = self.client.post(uri.as_ref()).header(ACCEPT, format!("{JSON}, {EVENT_STREAM}")).json(&message);
        let response = self.send(&uri, request, session, headers).await?;
        let status = response.status();
        if matches!(status, StatusCode::ACCEPTED | StatusCode::NO_CONTENT) {
            return Ok(StreamableHttpPostResponse::Accepted);
        }
        if status == StatusCode::NOT_FOUND && in_session {
            return Err(StreamableHttpError::SessionExpired);
        }
        if status.is_success() {
            accepted(&message, response, limits).await
        } else {
            failed(&message, response, limits).await
        }
    }

    async fn delete_session(
        &self,
        uri: Arc<str>,
        session: Arc<str>,
        _auth_header: Option<String>,
        headers: HashMap<HeaderName, HeaderValue>,
    ) -> Result<(), Failure> {
        let response = self.send(&uri, self.client.delete(uri.as_ref()), Some(session), headers).await?;
        match response.status() {
            StatusCode::METHOD_NOT_ALLOWED => Ok(()),
            status if status.is_success() => Ok(()),
            status => Err(unexpected(status)),
        }
    }

    async fn get_stream(
        &self,
        uri: Arc<str>,
        session: Option<Arc<str>>,
        last_event_id: Option<String>,
        auth_header: Option<String>,
        headers: HashMap<HeaderName, HeaderValue>,
    ) -> Result<BoxStream<'static, Result<Sse, SseError>>, Failure> {
        let limit = StreamableHttpResponseLimits::default().max_sse_event_size;
        self.get_stream_with_max_sse_event_size(uri, session, last_event_id, auth_header, headers, limit).await
    }

    async fn get_stream_with_max_sse_event_size(
        &self,
        uri: Arc<str>,
        session: Option<Arc<str>>,
        last_event_id: Option<String>,
        _auth_header: Option<String>,
        headers: HashMap<HeaderName, HeaderValue>,
        limit: usize,
    ) -> Result<BoxStream<'static, Result<Sse, SseError>>, Failure> {
        let mut request = self.client.get(uri.as_ref()).header(ACCEPT, EVENT_STREAM);
        if let Some(last) = last_event_id {
            request = request.header(LAST_EVENT_ID, last);
        }
        let response = match self.send(&uri, request, session, headers).await {
            // A listening stream has no caller who could log in; the next request will.
            Err(StreamableHttpError::Client(RequestFailure::Refused(_))) => {
                return Err(StreamableHttpError::AuthRequired(AuthRequiredError::new(
                    "the listening stream was refused".to_owned(),
                )));
            }
            answer => answer?,
        };
        match response.status() {
            StatusCode::METHOD_NOT_ALLOWED => Err(StreamableHttpError::ServerDoesNotSupportSse),
            status if !status.is_success() => Err(unexpected(status)),
            _ if has_type(&response, EVENT_STREAM) => Ok(events(response, limit)),
            _ => Err(StreamableHttpError::UnexpectedContentType(content_type(response.headers()))),
        }
    }
}

/// A 2xx answer: JSON, a stream of events, or nothing where nothing was asked.
async fn accepted(
    message: &ClientJsonRpcMessage,
    response: Response,
    limits: StreamableHttpResponseLimits,
) -> Result<StreamableHttpPostResponse, Failure> {
    let session = response.headers().get(SESSION_ID).and_then(|id| id.to_str().ok()).map(str::to_owned);
    if has_type(&response, EVENT_STREAM) {
        return Ok(StreamableHttpPostResponse::Sse(events(response, limits.max_sse_event_size), session));
    }
    if !matches!(message, ClientJsonRpcMessage::Request(_)) {
        return Ok(StreamableHttpPostResponse::Accepted);
    }
    if !has_type(&response, JSON) {
        return Err(StreamableHttpError::UnexpectedContentType(content_type(response.headers())));
    }
    let body = body(response, limits.max_json_response_size).await?;
    Ok(StreamableHttpPostResponse::Json(serde_json::from_slice(&body)?, session))
}

/// Any other status: a JSON-RPC error if the body is one, else the status.
async fn failed(
    message: &ClientJsonRpcMessage,
    response: Response,
    limits: StreamableHttpResponseLimits,
) -> Result<StreamableHttpPostResponse, Failure> {
    let status = response.status();
    let retry_after = response.headers().get(RETRY_AFTER).and_then(|at| at.to_str().ok()).map(str::to_owned);
    let error = if has_type(&response, JSON) {
        match serde_json::from_slice::<ServerJsonRpcMessage>(&body(response, limits.max_json_response_size).await?) {
            Ok(JsonRpcMessage::Error(error)) => Some(error),
            _ => None,
        }
    } else {
        None
    };
    if let Some(older) = older_server(message, status, error.as_ref().map(|error| error.error.clone())) {
        return Ok(StreamableHttpPostResponse::Json(older, None));
    }
    match error {
        Some(error) => Ok(StreamableHttpPostResponse::Json(JsonRpcMessage::Error(error), None)),
        None if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() => {
            Err(HttpStatusError::new(status.as_u16(), retry_after).into())
        }
        None => Err(unexpected(status)),
    }
}

/// An older server refuses `server/discover` with whatever 4xx it has, often without the id of the request. rmcp decides by
/// the error whether to fall back to the handshake, so it is given one that belongs to the request.
fn older_server(
    message: &ClientJsonRpcMessage,
    status: StatusCode,
    error: Option<ErrorData>,
) -> Option<ServerJsonRpcMessage> {
    let ClientJsonRpcMessage::Request(request) = message else { return None };
    if !status.is_client_error() || !matches!(request.request, ClientRequest::DiscoverRequest(_)) {
        return None;
    }
    let error = error.unwrap_or_else(|| ErrorData::invalid_request(format!("server/discover: {status}"), None));
    Some(ServerJsonRpcMessage::error(error, Some(request.id.clone())))
}

async fn body(response: Response, limit: usize) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    let mut chunks = response.bytes_stream();
    while let Some(chunk) = chunks.next().await {
        body.extend_from_slice(&chunk.map_err(no_answer)?);
        if body.len() > limit {
            return Err(StreamableHttpError::ResponseBodyTooLarge { max_size: limit });
        }
    }
    Ok(body)
}

/// The events of a stream, none of them larger than `limit` bytes.
fn events(response: Response, limit: usize) -> BoxStream<'static, Result<Sse, SseError>> {
    SseStream::from_bytes_stream(limited(response.bytes_stream(), limit)).boxed()
}

fn limited(
    bytes: impl Stream<Item = reqwest::Result<bytes::Bytes>> + Send + 'static,
    limit: usize,
) -> impl Stream<Item = std::io::Result<bytes::Bytes>> + Send + 'static {
    let mut event = EventSize::default();
    bytes.map(move |chunk| {
        let chunk = chunk.map_err(|error| std::io::Error::other(causes(&error.without_url())))?;
        if chunk.iter().any(|byte| event.after(*byte) > limit) {
            return Err(std::io::Error::other(format!("an event of more than {limit} bytes")));
        }
        Ok(chunk)
    })
}

/// Counts the bytes since the last empty line, which ends an event.
#[derive(Default)]
struct EventSize {
    bytes: usize,
    line: usize,
    after_cr: bool,
}

impl EventSize {
    fn after(&mut self, byte: u8) -> usize {
        self.bytes += 1;
        let second_half_of_crlf = byte == b'\n' && self.after_cr;
        self.after_cr = byte == b'\r';
        match byte {
            b'\r' | b'\n' if !second_half_of_crlf => {
                if self.line == 0 {
                    self.bytes = 0;
                }
                self.line = 0;
            }
            b'\n' => {}
            _ => self.line += 1,
        }
        self.bytes
    }
}

fn content_type(headers: &HeaderMap) -> Option<String> {
    headers.get(CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

fn has_type(response: &Response, expected: &str) -> bool {
    content_type(response.headers())
        .is_some_and(|found| found.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(expected)))
}

fn unexpected(status: StatusCode) -> Failure {
    StreamableHttpError::UnexpectedServerResponse(format!("the MCP server answered {status}").into())
}

fn no_answer(error: reqwest::Error) -> Failure {
    StreamableHttpError::Client(RequestFailure::NoAnswer(causes(&error.without_url())))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use rstest::rstest;

    use super::*;

    /// The largest size counted while these bytes pass.
    fn largest(bytes: &str) -> usize {
        let mut event = EventSize::default();
        bytes.bytes().map(|byte| event.after(byte)).max().unwrap()
    }

    #[rstest]
    #[case::one_event("data: abc\n\n", 10)]
    #[case::two_events("data: a\n\ndata: abc\n\n", 10)]
    #[case::carriage_returns("data: a\r\rdata: abc\r\r", 10)]
    #[case::both("data: a\r\n\r\ndata: abc\r\n\r\n", 12)]
    #[case::never_ended("data: a\ndata: b\ndata: c", 23)]
    fn an_event_ends_with_an_empty_line(#[case] stream: &str, #[case] expected: usize) {
        assert_eq!(largest(stream), expected);
    }

    #[tokio::test]
    async fn a_stream_ends_at_an_event_that_is_too_large() {
        let chunks = ["data: a\n\n", "data: ", "0123456789"].map(|text| Ok(bytes::Bytes::from(text)));

        let seen: Vec<_> = limited(futures::stream::iter(chunks), 12).map(|chunk| chunk.is_ok()).collect().await;

        assert_eq!(seen, [true, true, false]);
    }
}
