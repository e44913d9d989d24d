//! The wish of the person at the keyboard, or of the system, that a run end before it is done.
//!
//! Listening begins before anything is created: until then a signal ends the process as it ends any other, and from then
//! on none does, so that what was created is removed in peace.

use std::io;

/// A listener to signals.
pub(super) struct Interruption {
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 2],
}

impl Interruption {
    /// Listens from now on.
    pub(super) fn listen() -> io::Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            Ok(Self { signals: [signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?] })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    /// The result of `work`, or nothing when an end is wanted first.
    pub(super) async fn unless<T>(mut self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.wanted() => None,
            result = work => Some(result),
        }
    }

    #[cfg(unix)]
    async fn wanted(&mut self) {
        let [interrupt, terminate] = &mut self.signals;
        tokio::select! {
            _ = interrupt.recv() => (),
            _ = terminate.recv() => (),
        }
    }

    #[cfg(not(unix))]
    async fn wanted(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
