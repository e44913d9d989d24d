//! Starting a server by a command, and waiting until its endpoint answers.

use crate::process::Process;
use crate::wire::{Honest, Reading, Request, Sender};
use std::net::Ipv4Addr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};

/// How long a server may take until its endpoint answers; some compile themselves first.
const START: Duration = Duration::from_secs(30);

/// Why a server did not come up.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// No process, or no port for it.
    #[error("the command cannot be started: {0}")]
    Start(#[from] std::io::Error),
    /// It ended.
    #[error("the command ended ({ending}) before {endpoint} answered{words}")]
    Ended {
        /// How.
        ending: String,
        /// The endpoint that was waited for.
        endpoint: String,
        /// Its last words, with what leads to them.
        words: String,
    },
    /// It is not listening where it should.
    #[error(
        "the command runs, but {endpoint} did not answer within {} s; it is told its port in PORT, and --endpoint and \
         --port say where to look{words}",
        START.as_secs()
    )]
    NotReady {
        /// The endpoint that was waited for.
        endpoint: String,
        /// Its last words, with what leads to them.
        words: String,
    },
}

/// A free port of the loopback. Somebody else may take it before the server does; then the server says so.
pub(super) async fn free_port() -> std::io::Result<u16> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?.local_addr().map(|address| address.port())
}

/// The endpoint of a server at `port`: a URL as it is, a path at the loopback, `/mcp` by default.
pub(super) fn endpoint(given: Option<&str>, port: u16) -> String {
    match given {
        Some(url) if url.contains("://") => url.to_owned(),
        Some(path) => format!("http://localhost:{port}/{}", path.trim_start_matches('/')),
        None => format!("http://localhost:{port}/mcp"),
    }
}

/// Waits until anything at all is answered at the endpoint.
pub(super) async fn ready(process: &mut Process, endpoint: &str, sender: &Sender) -> Result<(), CommandError> {
    match timeout(START, process.until(answered(endpoint, sender))).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(ended)) => {
            let ending = ended.ending.map_or_else(|| "it is not known how".to_owned(), |ending| ending.to_string());
            Err(CommandError::Ended { ending, endpoint: endpoint.to_owned(), words: words(process) })
        }
        Err(_) => Err(CommandError::NotReady { endpoint: endpoint.to_owned(), words: words(process) }),
    }
}

async fn answered(endpoint: &str, sender: &Sender) {
    let mut pause = Duration::from_millis(5);
    // The head of an answer is enough: a stream has no end.
    let asked = || Request { reading: Reading::Head, ..Request::get("is a server there", endpoint) };
    while sender.send(asked(), &Honest).await.0.response().is_none() {
        sleep(pause).await;
        pause = (pause * 2).min(Duration::from_millis(100));
    }
}

/// The last words of a process, ready to stand behind a sentence.
pub(super) fn words(process: &Process) -> String {
    match process.last_words() {
        words if words.is_empty() => "; it printed nothing".to_owned(),
        words => format!("; the last it printed:\n{words}"),
    }
}
