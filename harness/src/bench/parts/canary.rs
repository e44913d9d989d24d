//! A canary: an address at which whoever comes is noticed, because nobody has a reason to come.
//!
//! It serves what would make a stranger's token look good, so that a subject that believes it betrays itself twice.

use crate::tokens::forge;
use crate::wire::{Exchange, Honest, Recorder, Request, Response, Route, Tap, TapError, Upstream};
use http::{HeaderMap, HeaderValue, header};
use serde_json::Value;
use std::net::Ipv4Addr;
use std::sync::Arc;
use tokio::net::TcpListener;

/// A listener on this machine that keeps everything it is asked.
#[derive(Debug)]
pub struct Canary {
    origin: String,
    recorder: Arc<Recorder>,
    _tap: Tap,
}

/// An address of one scenario at a canary.
#[derive(Clone, Debug)]
pub struct Nest {
    url: String,
    name: String,
    recorder: Arc<Recorder>,
}

impl Canary {
    /// Puts a canary on a free port.
    ///
    /// # Errors
    /// When there is none.
    pub async fn start() -> Result<Self, TapError> {
        let setup = |error: std::io::Error| TapError::Setup(error.to_string());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(setup)?;
        let origin = format!("http://127.0.0.1:{}", listener.local_addr().map_err(setup)?.port());
        let recorder = Arc::new(Recorder::default());
        let (bait, edit) = (Box::new(Bait(origin.clone())), Arc::new(Honest));
        let tap = Tap::start("the canary", listener, origin.clone(), bait, edit, Arc::clone(&recorder))?;
        Ok(Self { origin, recorder, _tap: tap })
    }

    /// An address that nobody else knows.
    #[must_use]
    pub fn nest(&self) -> Nest {
        let name = uuid::Uuid::new_v4().simple().to_string();
        Nest { url: format!("{}/{name}", self.origin), name, recorder: Arc::clone(&self.recorder) }
    }
}

impl Nest {
    /// The address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Who came, at this address or at a well-known URI made of it.
    #[must_use]
    pub fn contacts(&self) -> Vec<Exchange> {
        let trace = self.recorder.trace();
        trace.iter().filter(|exchange| exchange.request.url.contains(&self.name)).cloned().collect()
    }
}

/// What the canary answers.
struct Bait(String);

impl Upstream for Bait {
    fn route(&self, request: &Request) -> Route {
        let path = request.path();
        let name = path.split('/').find(|segment| segment.len() == 32).unwrap_or_default();
        let body = forge::bait(&path, &format!("{}/{name}", self.0)).unwrap_or(Value::Null);
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        Route::Answer(Response { status: 200, headers, body: body.to_string().into(), truncated: false })
    }
}
