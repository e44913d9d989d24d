//! Keeps exchanges that happen while nobody waits for them, as those of a client under test.

use super::{Exchange, Failure, Request, Response, Trace};
use bytes::BytesMut;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A trace that several taps write into.
#[derive(Debug, Default)]
pub struct Recorder(Mutex<Trace>);

impl Recorder {
    /// Adds an exchange and tells its number.
    pub fn record(&self, request: Request, answer: Result<Response, Failure>, took: Duration) -> usize {
        self.lock().push(Exchange { number: 0, request, answer, honest: None, took })
    }

    /// Adds an exchange whose answer a trap may have bent, with the honest one that it was made of.
    pub(super) fn record_trapped(&self, request: Request, bent: Response, honest: Response, took: Duration) {
        let honest = (honest != bent).then_some(honest);
        self.lock().push(Exchange { number: 0, request, answer: Ok(bent), honest, took });
    }

    /// Adds content that arrived later to the answer of an exchange, up to `cap` bytes in all.
    pub(super) fn append(&self, number: usize, chunk: &[u8], cap: usize) {
        let mut trace = self.lock();
        let Some(Ok(response)) =
            number.checked_sub(1).and_then(|at| trace.exchanges.get_mut(at)).map(|exchange| exchange.answer.as_mut())
        else {
            return;
        };
        let room = cap.saturating_sub(response.body.len());
        let mut body = BytesMut::from(&response.body[..]);
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        response.truncated |= chunk.len() > room;
        response.body = body.freeze();
    }

    /// What was recorded so far.
    #[must_use]
    pub fn trace(&self) -> Trace {
        self.lock().clone()
    }

    /// Takes what was recorded so far, and begins anew.
    #[must_use]
    pub fn take(&self) -> Trace {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Trace> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
