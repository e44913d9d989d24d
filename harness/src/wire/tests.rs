//! The sender against peers that behave as networks do: they hang up, answer before they were told everything, put
//! requests off, and answer in the place of another.

#![allow(clippy::unwrap_used)]

use super::{Edge, Exchange, Failure, Honest, Limits, Patience, Request, Sender};
use http::header::{ACCEPT, AUTHORIZATION, USER_AGENT};
use http::{HeaderValue, Method};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const REFUSAL: &str = "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Bearer\r\ncontent-length: 0\r\n\r\n";
const FAILURE: &str = "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n";
const GATEWAY: &str = "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n";
const LIMIT: &str = "HTTP/1.1 429 Too Many Requests\r\nretry-after: 0\r\ncontent-length: 0\r\n\r\n";
const BLOCKED: &str = "HTTP/1.1 403 Forbidden\r\ncontent-type: text/html\r\ncontent-length: 7\r\n\r\nblocked";
const BROKEN_REFUSAL: &str = "HTTP/1.1 403 Forbidden\r\ncontent-length: 100\r\n\r\nhalf";
const BROKEN_RESULT: &str = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf";
/// Not an answer: the peer closes the connection.
const HANG_UP: &str = "";

/// A peer with an answer for each request; the last one stays.
struct Peer {
    url: String,
    connections: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
}

impl Peer {
    async fn answering(script: &'static [&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/mcp", listener.local_addr().unwrap());
        let (connections, requests) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (accepted, asked) = (Arc::clone(&connections), Arc::clone(&requests));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                accepted.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(converse(stream, script, Arc::clone(&asked)));
            }
        });
        Self { url, connections, requests }
    }

    fn counts(&self) -> (usize, usize) {
        (self.connections.load(Ordering::Relaxed), self.requests.load(Ordering::Relaxed))
    }
}

async fn converse(mut stream: TcpStream, script: &[&str], asked: Arc<AtomicUsize>) {
    let mut received = Vec::new();
    while let Ok(1..) = stream.read_buf(&mut received).await {
        if received.ends_with(b"\r\n\r\n") {
            received.clear();
            let at = asked.fetch_add(1, Ordering::Relaxed);
            let answer = script.get(at).or(script.last()).unwrap();
            if answer.is_empty() || stream.write_all(answer.as_bytes()).await.is_err() || answer.ends_with("half") {
                return;
            }
        }
    }
}

fn sender() -> Sender {
    let patience = Patience { pause: Duration::from_millis(1), ..Patience::default() };
    Sender::new(Limits { patience, ..Limits::default() }).unwrap()
}

async fn send(sender: &Sender, url: &str) -> Exchange {
    let request = Request::get("it", url).header(ACCEPT, HeaderValue::from_static("application/json"));
    sender.send(request, &Honest).await.0
}

fn status(exchange: &Exchange) -> Option<u16> {
    exchange.response().map(|response| response.status)
}

/// The statuses before the one that stands; none for an attempt without an answer.
fn earlier(exchange: &Exchange) -> Vec<Option<u16>> {
    exchange.request.delivery.earlier.iter().map(|attempt| attempt.outcome.as_ref().ok().copied()).collect()
}

#[tokio::test]
async fn a_request_says_who_sends_it_and_is_recorded_as_it_was_sent() {
    let peer = Peer::answering(&[REFUSAL]).await;
    let exchange = send(&sender(), &peer.url).await;
    let name = exchange.request.headers.get(USER_AGENT).unwrap();
    assert!(name.to_str().unwrap().starts_with("harness/"), "{name:?}");
    assert_eq!((status(&exchange), earlier(&exchange)), (Some(401), vec![]));
}

#[tokio::test]
async fn a_name_that_a_request_has_already_stays() {
    let peer = Peer::answering(&[REFUSAL]).await;
    let request = Request::get("it", &peer.url).header(USER_AGENT, HeaderValue::from_static("a-browser/1"));
    let exchange = sender().send(request, &Honest).await.0;
    assert_eq!(exchange.request.headers.get(USER_AGENT).unwrap(), "a-browser/1");
}

#[tokio::test]
async fn a_request_under_which_the_connection_broke_is_sent_again_once() {
    let peer = Peer::answering(&[HANG_UP, REFUSAL, HANG_UP]).await;
    let sender = sender();
    let once = send(&sender, &peer.url).await;
    assert_eq!((status(&once), earlier(&once)), (Some(401), vec![None]));

    let always = send(&sender, &peer.url).await;
    assert!(matches!(always.answer, Err(Failure::Connection(_))), "{:?}", always.answer);
    assert_eq!(earlier(&always), [None]);
    assert_eq!(peer.counts(), (4, 4));
}

#[tokio::test]
async fn an_open_connection_is_used_again_but_not_after_a_server_error() {
    let peer = Peer::answering(&[REFUSAL, FAILURE, REFUSAL]).await;
    let sender = sender();
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(status(&send(&sender, &peer.url).await));
    }
    assert_eq!(seen, [Some(401), Some(500), Some(401)]);
    assert_eq!(peer.counts(), (2, 3));
}

#[tokio::test]
async fn a_request_that_is_put_off_is_sent_again_on_another_connection() {
    let peer = Peer::answering(&[GATEWAY, GATEWAY, LIMIT, REFUSAL]).await;
    let exchange = send(&sender(), &peer.url).await;
    assert_eq!((status(&exchange), earlier(&exchange)), (Some(401), vec![Some(502), Some(502), Some(429)]));
    assert_eq!(peer.counts(), (4, 4));
}

#[tokio::test]
async fn what_is_counted_is_sent_once() {
    let peer = Peer::answering(&[GATEWAY, HANG_UP, BLOCKED, REFUSAL]).await;
    let sender = sender().once();
    assert_eq!(status(&send(&sender, &peer.url).await), Some(502));
    assert_eq!(status(&send(&sender, &peer.url).await), None);
    assert_eq!(status(&send(&sender, &peer.url).await), Some(403));
    assert_eq!((peer.counts().1, sender.sent()), (3, 3));
}

#[tokio::test]
async fn an_answer_that_comes_at_times_only_is_an_edges() {
    let peer = Peer::answering(&[BLOCKED, REFUSAL, BLOCKED]).await;
    let sender = sender();
    let decided = send(&sender, &peer.url).await;
    assert_eq!((status(&decided), earlier(&decided)), (Some(401), vec![Some(403)]));
    let undecided = send(&sender, &peer.url).await;
    assert_eq!((status(&undecided), undecided.request.delivery.edge), (Some(403), Some(Edge::Intermittent)));
}

#[tokio::test]
async fn an_answer_that_always_comes_is_the_servers_and_is_not_asked_for_again() {
    let peer = Peer::answering(&[BLOCKED]).await;
    let sender = sender();
    let first = send(&sender, &peer.url).await;
    assert_eq!((status(&first), first.request.delivery.edge), (Some(403), None));
    assert_eq!(earlier(&send(&sender, &peer.url).await), []);
    assert_eq!(peer.counts().1, 5);
}

#[tokio::test]
async fn an_answer_that_a_valid_token_gets_too_is_an_edges() {
    let (peer, other) = (Peer::answering(&[BLOCKED]).await, Peer::answering(&[REFUSAL]).await);
    let sender = sender();
    let (blocked, refused) = (send(&sender, &peer.url).await, send(&sender, &other.url).await);
    assert!(!sender.distrust(&blocked, &refused) && !sender.distrust(&refused, &refused));
    assert!(sender.distrust(&blocked, &send(&sender, &peer.url).await));
    assert_eq!(send(&sender, &peer.url).await.request.delivery.edge, Some(Edge::Regardless));
}

#[tokio::test]
async fn a_refusal_that_breaks_off_is_a_refusal_and_half_a_result_is_none() {
    let refusal = Peer::answering(&[BROKEN_REFUSAL]).await;
    let exchange = send(&sender().once(), &refusal.url).await;
    assert!(exchange.response().is_some_and(|response| response.status == 403 && response.truncated));
    let result = Peer::answering(&[BROKEN_RESULT]).await;
    let exchange = send(&sender().once(), &result.url).await;
    assert!(matches!(exchange.answer, Err(Failure::CutShort(_))), "{:?}", exchange.answer);
}

/// What a server does whose limit for header fields is exceeded: it answers, and hangs up on what it did not read.
#[tokio::test]
async fn an_answer_that_comes_before_the_request_was_written_is_read() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut read = vec![0; 16 << 10];
            stream.read_exact(&mut read).await.unwrap();
            stream
                .write_all(b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\n\r\n")
                .await
                .unwrap();
        }
    });
    for length in [64 << 10, 1 << 20, 16 << 20] {
        let value = HeaderValue::try_from("a".repeat(length)).unwrap();
        let request = Request::new("it", Method::POST, &url).header(AUTHORIZATION, value).content("{}");
        let exchange = sender().send(request, &Honest).await.0;
        assert_eq!(status(&exchange), Some(431), "{length}: {:?}", exchange.answer);
    }
}

#[tokio::test]
async fn a_url_is_sent_as_it_is_written() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut received = Vec::new();
        while !received.ends_with(b"\r\n\r\n") {
            stream.read_buf(&mut received).await.unwrap();
        }
        stream.write_all(REFUSAL.as_bytes()).await.unwrap();
        String::from_utf8(received).unwrap()
    });
    send(&sender(), &format!("{origin}/a/../mcp//%6d;v=1?q")).await;
    let received = served.await.unwrap();
    assert!(received.starts_with("GET /a/../mcp//%6d;v=1?q HTTP/1.1\r\n"), "{received}");
}

#[tokio::test]
async fn what_is_no_url_is_not_sent() {
    for url in ["/mcp", "nothing at all", "http://"] {
        let exchange = send(&sender(), url).await;
        assert!(matches!(exchange.answer, Err(Failure::Unsendable(_))), "{url}: {:?}", exchange.answer);
    }
}

#[tokio::test]
async fn what_is_larger_than_it_may_be_is_not_sent() {
    let peer = Peer::answering(&[REFUSAL]).await;
    let sender = Sender::new(Limits { request: Some(8 << 10), ..Limits::default() }).unwrap();
    let large =
        Request::get("it", &peer.url).header(AUTHORIZATION, HeaderValue::try_from("a".repeat(8 << 10)).unwrap());
    let exchange = sender.send(large, &Honest).await.0;
    assert!(matches!(exchange.answer, Err(Failure::Withheld(_))), "{:?}", exchange.answer);
    assert_eq!(peer.counts(), (0, 0));
    assert_eq!(status(&send(&sender, &peer.url).await), Some(401));
}
