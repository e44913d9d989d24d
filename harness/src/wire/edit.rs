//! The place where traffic can be changed beside the recorder.

use super::{Request, Response};

/// Changes traffic on the subject's side of the recorder, so that the recorder sees another subject than there is.
///
/// Each method tells whether it changed anything: a mutant that never changes anything is vacuous.
pub trait Edit: Send + Sync {
    /// A request to the subject, after it was recorded: what the subject gets instead.
    fn subject_hears(&self, request: &mut Request) -> bool {
        let _ = request;
        false
    }

    /// The answer of the subject, before it is recorded.
    fn subject_answers(&self, request: &Request, response: &mut Response) -> bool {
        let _ = (request, response);
        false
    }

    /// A request that the subject makes, before it is recorded. What the bench gets is the request as it was.
    fn subject_sends(&self, request: &mut Request) -> bool {
        let _ = request;
        false
    }
}

/// Changes nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Honest;

impl Edit for Honest {}
