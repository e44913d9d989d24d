//! The upstream API of a server under judgement, played by the harness: it answers anything and keeps what it is asked.

use crate::declared::UpstreamTool;
use crate::wire::{Exchange, Honest, Recorder, Request, Response, Route, Tap, Upstream};
use http::{HeaderMap, HeaderValue, header};
use std::net::Ipv4Addr;
use std::sync::Arc;
use tokio::net::TcpListener;

/// An upstream API on the port where the server expects it.
pub struct PlayedUpstream {
    recorder: Arc<Recorder>,
    _tap: Tap,
}

struct AnswersAnything;

impl Upstream for AnswersAnything {
    fn route(&self, _: &Request) -> Route {
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        Route::Answer(Response { status: 200, headers, body: "{}".into(), truncated: false })
    }
}

impl PlayedUpstream {
    /// Listens where `tool` says.
    ///
    /// # Errors
    /// When the port is not free.
    pub async fn start(tool: &UpstreamTool) -> Result<Self, String> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, tool.port)).await;
        let listener = listener.map_err(|error| format!("port {} cannot be listened on: {error}", tool.port))?;
        let recorder = Arc::new(Recorder::default());
        let origin = format!("http://localhost:{}", tool.port);
        let (answers, edit) = (Box::new(AnswersAnything), Arc::new(Honest));
        let tap = Tap::start("the upstream API", listener, origin, answers, edit, Arc::clone(&recorder));
        Ok(Self { _tap: tap.map_err(|error| error.to_string())?, recorder })
    }

    /// What it was asked.
    #[must_use]
    pub fn calls(&self) -> Vec<Exchange> {
        self.recorder.trace().iter().cloned().collect()
    }
}
