//! The upstream API of a server under judgement, played by the harness: it answers anything and keeps what it is asked.

use super::behind::Behind;
use crate::declared::UpstreamTool;
use crate::wire::{Edit, Exchange, Recorder, Request, Response, Route, Tap, Upstream};
use http::{HeaderMap, HeaderValue, header};
use std::net::Ipv4Addr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, MutexGuard};

/// Scenarios at several revisions run side by side, and there is one port to listen on.
static TURN: Mutex<()> = Mutex::const_new(());

/// An upstream API on the port where the server expects it.
pub struct PlayedUpstream {
    recorder: Arc<Recorder>,
    tap: Tap,
    _turn: MutexGuard<'static, ()>,
}

struct AnswersAnything;

impl Upstream for AnswersAnything {
    fn route(&self, _: &Request) -> Route {
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        Route::Answer(Response { status: 200, headers, body: "{}".into(), truncated: false })
    }
}

impl PlayedUpstream {
    /// Listens where `tool` says, when no other scenario plays it; the server's requests are recorded past `edit`.
    ///
    /// # Errors
    /// When the port is not free.
    pub async fn start(tool: &UpstreamTool, edit: Arc<dyn Edit>) -> Result<Self, String> {
        let turn = TURN.lock().await;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, tool.port)).await;
        let listener = listener.map_err(|error| format!("port {} cannot be listened on: {error}", tool.port))?;
        let recorder = Arc::new(Recorder::default());
        let origin = format!("http://localhost:{}", tool.port);
        let (answers, edit) = (Box::new(AnswersAnything), Arc::new(Behind(edit)));
        let tap = Tap::start("the upstream API", listener, origin, answers, edit, Arc::clone(&recorder));
        Ok(Self { tap: tap.map_err(|error| error.to_string())?, recorder, _turn: turn })
    }

    /// Ends it; tells what it was asked, and how often the edit changed something.
    pub async fn close(self) -> (Vec<Exchange>, usize) {
        let changes = self.tap.close().await;
        (self.recorder.take().iter().cloned().collect(), changes)
    }
}
