//! A peer for the tests: a protected MCP server and an authorization server on two loopback ports. Honest unless a test
//! changes a document or a script; it records every request.

#![allow(clippy::unwrap_used, clippy::expect_used, dead_code, missing_docs, unreachable_pub)]

pub mod authority;
pub mod resource;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use futures::future::BoxFuture;
use reference_client::{Browser, Callback, OpenError, Registration, Revision, Settings};
use url::Url;

pub use authority::Authority;
pub use resource::Resource;

/// One recorded request.
#[derive(Debug, Clone)]
pub struct Seen {
    pub peer: &'static str,
    pub method: String,
    pub path: String,
    pub authorization: Option<String>,
    pub protocol: Option<String>,
    pub body: String,
}

/// What arrived at both servers, in order.
#[derive(Debug, Clone, Default)]
pub struct Log(Arc<Mutex<Vec<Seen>>>);

impl Log {
    pub fn all(&self) -> Vec<Seen> {
        self.0.lock().unwrap().clone()
    }

    /// Requests as `METHOD path`, query cut off.
    pub fn lines(&self) -> Vec<String> {
        self.all()
            .iter()
            .map(|seen| format!("{} {} {}", seen.peer, seen.method, seen.path.split('?').next().unwrap()))
            .collect()
    }

    pub fn of(&self, peer: &str, path: &str) -> Vec<Seen> {
        self.all().into_iter().filter(|seen| seen.peer == peer && seen.path.split('?').next() == Some(path)).collect()
    }

    /// The query of each authorization request.
    pub fn authorizations(&self) -> Vec<Vec<(String, String)>> {
        self.of("as", "/authorize")
            .iter()
            .map(|seen| pairs(seen.path.split_once('?').map(|(_, query)| query).unwrap_or_default()))
            .collect()
    }

    /// The form of each token request.
    pub fn tokens(&self) -> Vec<Vec<(String, String)>> {
        self.of("as", "/token").iter().map(|seen| pairs(&seen.body)).collect()
    }
}

pub fn pairs(form: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(form.as_bytes()).into_owned().collect()
}

pub fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut values = pairs.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let first = values.next();
    assert_eq!(values.next(), None, "{name} was sent twice");
    first
}

/// Serves a router on a free port, recording what arrives.
pub async fn serve(peer: &'static str, log: Log, router: Router) -> Router {
    router.layer(from_fn_with_state((peer, log), record))
}

async fn record(State((peer, log)): State<(&'static str, Log)>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let header = |name: &str| parts.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    log.0.lock().unwrap().push(Seen {
        peer,
        method: parts.method.to_string(),
        path: parts.uri.to_string(),
        authorization: header("authorization"),
        protocol: header("mcp-protocol-version"),
        body: String::from_utf8_lossy(&bytes).into_owned(),
    });
    next.run(Request::from_parts(parts, bytes.into())).await
}

/// A browser whose user approves at once: it requests the URL and follows the redirect to the callback.
#[derive(Debug, Clone, Default)]
pub struct Approving {
    /// Pages the callback answered with.
    pub pages: Arc<Mutex<Vec<(u16, String)>>>,
    /// Replaces the redirect before it is followed.
    pub bend: Option<fn(&Url) -> Url>,
    pub opened: Arc<Mutex<Vec<Url>>>,
}

impl Browser for Approving {
    fn open<'a>(&'a self, url: &'a Url) -> BoxFuture<'a, Result<(), OpenError>> {
        Box::pin(async move {
            self.opened.lock().unwrap().push(url.clone());
            let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
            let answer = client.get(url.clone()).send().await.map_err(|e| OpenError::Other(e.to_string()))?;
            let Some(location) = answer.headers().get("location") else {
                return Err(OpenError::Other(format!("no redirect but {}", answer.status())));
            };
            let location = Url::parse(location.to_str().unwrap()).unwrap();
            let location = self.bend.map_or(location.clone(), |bend| bend(&location));
            let page = client.get(location).send().await.unwrap();
            let seen = (page.status().as_u16(), page.text().await.unwrap());
            self.pages.lock().unwrap().push(seen);
            Ok(())
        })
    }
}

/// Both servers, wired together.
pub struct Peers {
    pub log: Log,
    pub resource: Resource,
    pub authority: Authority,
}

impl Peers {
    pub async fn start() -> Self {
        Self::with_issuer_path("").await
    }

    pub async fn with_issuer_path(path: &str) -> Self {
        let log = Log::default();
        let authority = Authority::start(log.clone(), path).await;
        let resource = Resource::start(log.clone(), &authority).await;
        Self { log, resource, authority }
    }

    /// Settings of a public client that is registered with the authority, callback on a free port.
    pub fn settings(&self, revision: Option<Revision>) -> Settings {
        Settings {
            registration: Registration::PreRegistered {
                client_id: "known-client".to_owned(),
                client_secret: None,
                issuer: self.authority.issuer.parse().unwrap(),
            },
            callback: Callback::Port(0),
            protocol: revision,
            login_timeout: Duration::from_secs(20),
            ..Settings::new(self.resource.url.parse().unwrap())
        }
    }
}
