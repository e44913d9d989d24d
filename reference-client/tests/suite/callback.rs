//! The callback as an attacker on the same machine, or a web page in the user's browser, can reach it.

use std::sync::{Arc, Mutex};

use crate::common::{Peers, value};
use futures::future::BoxFuture;
use reference_client::{Browser, OpenError, connect};
use rstest::rstest;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use url::Url;

type Answers = Arc<Mutex<Vec<(u16, String)>>>;

/// Sends prepared requests to the callback before the honest response, and one after it.
struct Hostile {
    before: Vec<&'static str>,
    answers: Answers,
}

impl Browser for Hostile {
    fn open<'a>(&'a self, url: &'a Url) -> BoxFuture<'a, Result<(), OpenError>> {
        Box::pin(async move {
            let query: Vec<_> = url.query_pairs().into_owned().collect();
            let callback = Url::parse(value(&query, "redirect_uri").unwrap()).unwrap();
            for request in &self.before {
                let answer = raw(callback.port().unwrap(), request).await;
                self.answers.lock().unwrap().push(answer);
            }
            let browser = crate::common::Approving::default();
            browser.open(url).await
        })
    }
}

/// One request over a socket of its own; the whole answer with its status.
async fn raw(port: u16, request_line: &str) -> (u16, String) {
    let mut socket = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let request = format!("{request_line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    (answer.split(' ').nth(1).unwrap().parse().unwrap(), answer)
}

#[rstest]
#[case::root("GET /?code=x&state=y", 404)]
#[case::longer_path("GET /callback/x?code=x", 404)]
#[case::other_case("GET /Callback?code=x", 404)]
#[case::favicon("GET /favicon.ico", 404)]
#[case::post("POST /callback?code=x", 405)]
#[case::head("HEAD /callback?code=x", 405)]
#[tokio::test]
async fn only_a_get_of_the_exact_path_is_a_response(#[case] request: &'static str, #[case] status: u16) {
    let peers = Peers::start().await;
    let answers = Answers::default();
    let browser = Hostile { before: vec![request], answers: Arc::clone(&answers) };

    let session = connect(peers.settings(None), Arc::new(browser)).await;

    assert!(session.is_ok(), "the honest response afterwards counts");
    assert_eq!(answers.lock().unwrap()[0].0, status);
}

#[rstest]
#[case::error("GET /callback?error=%3Cscript%3Ealert(1)%3C/script%3E&error_description=%3Cb%3E")]
#[case::code("GET /callback?code=%22%3E%3Cscript%3E&state=%3Cscript%3E")]
#[case::redirectors("GET /callback?next=https://evil.example&url=https://evil.example&redirect=https://evil.example")]
#[case::not_utf8("GET /callback?code=%ff%fe&state=%00")]
#[tokio::test]
async fn reflects_nothing_and_redirects_nowhere(#[case] request: &'static str) {
    let peers = Peers::start().await;
    let answers = Answers::default();
    let browser = Hostile { before: vec![request], answers: Arc::clone(&answers) };

    let result = connect(peers.settings(None), Arc::new(browser)).await;

    assert!(result.is_err(), "a response without the state ends the login");
    assert_eq!(peers.log.tokens().len(), 0);
    let (status, answer) = answers.lock().unwrap()[0].clone();
    let lower = answer.to_lowercase();
    assert_eq!(status, 200);
    assert!(!lower.contains("script") && !lower.contains("evil.example") && !lower.contains("location:"), "{answer}");
    assert!(!lower.contains("src=") && !lower.contains("href="), "{answer}");
    assert!(lower.contains("content-security-policy: default-src 'none'"), "{answer}");
}

#[tokio::test]
async fn a_second_response_has_no_effect() {
    struct Twice;
    impl Browser for Twice {
        fn open<'a>(&'a self, url: &'a Url) -> BoxFuture<'a, Result<(), OpenError>> {
            Box::pin(async move {
                crate::common::Approving::default().open(url).await?;
                let query: Vec<_> = url.query_pairs().into_owned().collect();
                let mut again = Url::parse(value(&query, "redirect_uri").unwrap()).unwrap();
                let state = value(&query, "state").unwrap();
                again.query_pairs_mut().append_pair("code", "second").append_pair("state", state);
                let answer = reqwest::get(again).await.unwrap();
                assert_eq!(answer.status().as_u16(), 410);
                Ok(())
            })
        }
    }
    let peers = Peers::start().await;

    let session = connect(peers.settings(None), Arc::new(Twice)).await;

    assert!(session.is_ok());
    assert_eq!(peers.log.tokens().len(), 1);
    assert_ne!(value(&peers.log.tokens()[0], "code"), Some("second"));
}

#[tokio::test]
async fn an_idle_connection_does_not_hold_the_login_up() {
    struct Idle(Mutex<Vec<tokio::net::TcpStream>>);
    impl Browser for Idle {
        fn open<'a>(&'a self, url: &'a Url) -> BoxFuture<'a, Result<(), OpenError>> {
            Box::pin(async move {
                let query: Vec<_> = url.query_pairs().into_owned().collect();
                let port = Url::parse(value(&query, "redirect_uri").unwrap()).unwrap().port().unwrap();
                let mut idle = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                idle.write_all(b"GET /callback?code=x HTTP/1.1\r\nX-Slow: ").await.unwrap();
                self.0.lock().unwrap().push(idle);
                crate::common::Approving::default().open(url).await
            })
        }
    }
    let peers = Peers::start().await;

    let connecting = connect(peers.settings(None), Arc::new(Idle(Mutex::default())));
    let session = tokio::time::timeout(std::time::Duration::from_secs(10), connecting).await;

    assert!(session.expect("the login ends in time").is_ok());
}
