//! The place where traffic can be changed beside the recorder.
//!
//! A message is a request or an answer, and the subject emits it or receives it: four places, and a subject that seems to
//! do something else than it does is made at one of them.
//!
//! | | the subject emits it | the subject receives it |
//! |---|---|---|
//! | request | [`Edit::emitted_request`] | [`Edit::received_request`] |
//! | answer | [`Edit::emitted_answer`] | [`Edit::received_answer`] |
//!
//! What is emitted is changed before it is recorded, and what is received after: the recorder sees what the subject would
//! have emitted if it were another one, and what an honest subject would have received.

use super::{Request, Response};

/// Changes traffic on the subject's side of the recorder, so that the recorder sees another subject than there is.
///
/// Each method tells whether it changed anything: a mutant that never changes anything is vacuous.
pub trait Edit: Send + Sync {
    /// A request that the subject sends, before it is recorded. What the bench gets is the request as it was.
    fn emitted_request(&self, request: &mut Request) -> bool {
        let _ = request;
        false
    }

    /// A request to the subject, after it was recorded: what the subject gets instead.
    fn received_request(&self, request: &mut Request) -> bool {
        let _ = request;
        false
    }

    /// An answer of the subject to `request`, before it is recorded.
    fn emitted_answer(&self, request: &Request, answer: &mut Response) -> bool {
        let _ = (request, answer);
        false
    }

    /// The answer to a request of the subject, after it was recorded: what the subject gets instead. `honest` is the
    /// answer that it would have had without the trap, if there is one.
    fn received_answer(&self, request: &Request, honest: &Response, answer: &mut Response) -> bool {
        let _ = (request, honest, answer);
        false
    }
}

/// Changes nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Honest;

impl Edit for Honest {}
