//! A mutant at work: the edits of its acts at the four places of the wire, with the tokens and the memory they need.

use super::{Act, Errand, Memory, Mutant};
use crate::wire::{Edit, Exchange, Request, Response};
use secrecy::SecretString;

/// Puts a mutant, if there is one, beside the recorder.
#[derive(Clone, Debug, Default)]
pub struct Mutation {
    /// The mutant.
    pub mutant: Option<&'static Mutant>,
    /// A token the subject accepts, handed to it in place of one it ought to refuse.
    pub valid: Option<SecretString>,
    /// A token of another user that the subject accepts.
    pub other: Option<SecretString>,
    /// What it remembers from one exchange to the next.
    pub memory: Memory,
}

impl Mutation {
    fn acts(&self) -> impl Iterator<Item = &'static Act> {
        self.mutant.into_iter().flat_map(|mutant| mutant.acts)
    }

    /// Whether an exchange is one at which any act does something, or remembers something for later.
    pub(super) fn concerns(&self, exchange: &Exchange) -> bool {
        self.acts().any(|act| act.concerns(exchange)) || self.memory.has_received()
    }

    /// What the subject would fetch because of a request that the recorder saw.
    #[must_use]
    pub fn errands(&self, request: &Request) -> Vec<Errand> {
        self.acts().filter_map(|act| act.errand(request)).collect()
    }

    /// What the subject does next by itself, where it ought to have left it at this answer. The client is given the
    /// answer to that instead.
    #[must_use]
    pub fn further(&self, request: &Request, response: &Response) -> Option<Request> {
        self.acts().find_map(|act| act.further(request, response))
    }
}

/// Whether any act changed something; each of them acts.
fn any(changes: impl Iterator<Item = bool>) -> bool {
    changes.fold(false, |any, changed| any | changed)
}

impl Edit for Mutation {
    fn received_request(&self, request: &mut Request) -> bool {
        let recorded = request.clone();
        any(self.acts().map(|act| act.received_request(&recorded, request, self)))
    }

    fn emitted_answer(&self, request: &Request, response: &mut Response) -> bool {
        any(self.acts().map(|act| act.emitted_answer(request, response, self)))
    }

    fn emitted_request(&self, request: &mut Request) -> bool {
        any(self.acts().map(|act| act.emitted_request(request, self)))
    }

    fn received_answer(&self, request: &Request, honest: &Response, answer: &mut Response) -> bool {
        any(self.acts().map(|act| act.received_answer(request, honest, answer, self)))
    }
}
