//! A reverse proxy before the emulator's API that counts calls and makes some of them go wrong.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::Url;

/// What becomes of a call.
pub(crate) enum Deed {
    /// The emulator answers.
    Pass,
    /// An AWS error; the emulator hears nothing.
    Refuse(&'static str, String),
    /// The emulator does it, but its answer is lost and an error comes instead.
    LoseAnswer,
    /// Success is claimed; the emulator hears nothing.
    Lie,
}

/// One call of the API.
pub(crate) struct Call<'a> {
    /// The operation.
    pub(crate) operation: &'a str,
    /// How many calls of this operation there were, this one included.
    pub(crate) nth: usize,
    /// The request.
    pub(crate) body: Value,
}

type Fault = Arc<dyn Fn(&Call<'_>) -> Deed + Send + Sync>;

/// The proxy, running until it is dropped.
pub(crate) struct Proxy {
    /// Where it listens.
    pub(crate) url: Url,
    shared: Arc<Shared>,
    server: tokio::task::JoinHandle<()>,
}

struct Shared {
    own: String,
    upstream: String,
    http: reqwest::Client,
    fault: Mutex<Fault>,
    calls: Mutex<Vec<String>>,
}

impl Proxy {
    pub(crate) async fn before(upstream: &Url) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let shared = Arc::new(Shared {
            own: origin(&url),
            upstream: origin(upstream),
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            fault: Mutex::new(Arc::new(|_| Deed::Pass)),
            calls: Mutex::default(),
        });
        let router = Router::new().fallback(handle).with_state(Arc::clone(&shared));
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Proxy { url, shared, server }
    }

    /// From now on `fault` decides; the calls are counted from zero again.
    pub(crate) fn set(&self, fault: impl Fn(&Call<'_>) -> Deed + Send + Sync + 'static) {
        *self.shared.fault.lock().unwrap() = Arc::new(fault);
        self.shared.calls.lock().unwrap().clear();
    }

    /// From now on all goes well.
    pub(crate) fn heal(&self) {
        self.set(|_| Deed::Pass);
    }

    /// The operations called since the fault was set, in order.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.shared.calls.lock().unwrap().clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn origin(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

async fn handle(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let target = parts.headers.get("x-amz-target").map(|target| target.to_str().unwrap().to_owned());
    let Some(target) = target else { return document(&shared, &parts.uri.to_string()).await };
    let operation = target.rsplit('.').next().unwrap();
    match decide(&shared, operation, &body) {
        Deed::Pass => forward(&shared, parts.headers, body).await,
        Deed::Refuse(code, text) => refusal(code, &text),
        Deed::Lie => amz_json(StatusCode::OK, &json!({})),
        Deed::LoseAnswer => {
            let answer = forward(&shared, parts.headers, body).await;
            assert_eq!(answer.status(), StatusCode::OK, "{operation} should have been done");
            refusal("InvalidParameterException", "the answer was lost")
        }
    }
}

fn decide(shared: &Shared, operation: &str, body: &[u8]) -> Deed {
    let mut calls = shared.calls.lock().unwrap();
    calls.push(operation.to_owned());
    let nth = calls.iter().filter(|call| *call == operation).count();
    let fault = Arc::clone(&shared.fault.lock().unwrap());
    fault(&Call { operation, nth, body: serde_json::from_slice(body).unwrap() })
}

async fn forward(shared: &Shared, mut headers: HeaderMap, body: Bytes) -> Response {
    headers.remove(header::HOST);
    let answer = shared.http.post(&shared.upstream).headers(headers).body(body).send().await.unwrap();
    let status = answer.status();
    (status, [(header::CONTENT_TYPE, "application/x-amz-json-1.1")], answer.bytes().await.unwrap()).into_response()
}

/// The emulator's documents, with the proxy's address in place of its own: the issuer is the endpoint.
async fn document(shared: &Shared, path: &str) -> Response {
    let answer = shared.http.get(format!("{}{path}", shared.upstream)).send().await.unwrap();
    let status = answer.status();
    let text = answer.text().await.unwrap().replace(&shared.upstream, &shared.own);
    (status, Body::from(text)).into_response()
}

fn refusal(code: &str, text: &str) -> Response {
    amz_json(StatusCode::BAD_REQUEST, &json!({"__type": code, "message": text}))
}

fn amz_json(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/x-amz-json-1.1")], body.to_string()).into_response()
}
