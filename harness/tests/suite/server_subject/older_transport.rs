//! A server that keeps the older HTTP+SSE transport beside the newer one.

use super::program::harness;
use axum::Router;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use rstest::rstest;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

/// Whether the message endpoint asks for a token, where the transport is, and the streams that are open.
struct Server {
    asks_for_a_token: bool,
    below: &'static str,
    streams: Mutex<HashMap<String, UnboundedSender<String>>>,
}

fn refused(headers: &HeaderMap) -> Option<Response> {
    let challenge = [(header::WWW_AUTHENTICATE, "Bearer realm=\"mcp\"")];
    headers.get(header::AUTHORIZATION).is_none().then(|| (StatusCode::UNAUTHORIZED, challenge).into_response())
}

fn tools(message: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": message["id"], "result": { "tools": [] } })
}

async fn newer(headers: HeaderMap, content: String) -> Response {
    let message = serde_json::from_str(&content).unwrap_or_default();
    refused(&headers).unwrap_or_else(|| axum::Json(tools(&message)).into_response())
}

async fn stream(State(server): State<Arc<Server>>, headers: HeaderMap) -> Response {
    if let Some(refusal) = refused(&headers) {
        return refusal;
    }
    let (sender, receiver) = unbounded_channel();
    let id = uuid::Uuid::new_v4().to_string();
    sender.send(format!("event: endpoint\ndata: {}/messages?sessionId={id}\n\n", server.below)).unwrap();
    server.streams.lock().unwrap().insert(id, sender);
    let events = futures::stream::unfold(receiver, async |mut receiver| {
        receiver.recv().await.map(|event| (Ok::<_, Infallible>(event), receiver))
    });
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(events)).into_response()
}

async fn message(
    State(server): State<Arc<Server>>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    content: String,
) -> Response {
    if let Some(refusal) = refused(&headers).filter(|_| server.asks_for_a_token) {
        return refusal;
    }
    let message = serde_json::from_str(&content).unwrap_or_default();
    let streams = server.streams.lock().unwrap();
    match query.get("sessionId").and_then(|id| streams.get(id)) {
        // A client that has gone away takes no answer any more.
        Some(stream) => {
            stream.send(format!("event: message\ndata: {}\n\n", tools(&message))).unwrap_or_default();
            StatusCode::ACCEPTED.into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn serve(asks_for_a_token: bool, below: &'static str) -> String {
    let server = Arc::new(Server { asks_for_a_token, below, streams: Mutex::default() });
    let router = Router::new()
        .route("/mcp", post(newer))
        .route(&format!("{below}/sse"), get(stream))
        .route(&format!("{below}/messages"), post(message))
        .with_state(server);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://127.0.0.1:{}/mcp", listener.local_addr().unwrap().port());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

#[rstest]
#[case::open("", false, "violated")]
#[case::open_below_the_endpoint("/mcp", false, "violated")]
#[case::guarded("", true, "met")]
#[tokio::test(flavor = "multi_thread")]
async fn its_message_endpoint_is_tried_with_an_open_stream(
    #[case] below: &'static str,
    #[case] guarded: bool,
    #[case] expected: &str,
) {
    let url = serve(guarded, below).await;
    let only = ["--revision", "2025-11-25", "--requirement", "RS-CHALLENGE-26", "--token-env", "ITS_TOKEN"];
    let judged = move || harness(&[&[url.as_str()], &only[..]].concat(), &[("ITS_TOKEN", "a-token-of-its-own")]);

    let run = tokio::task::spawn_blocking(judged).await.unwrap();

    assert_eq!(run.verdict("RS-CHALLENGE-26", "2025-11-25"), expected, "{}", run.seen("RS-CHALLENGE-26", "2025-11-25"));
}
