//! Mutation: named edits beside the recorder that make another subject of the one there is.
//!
//! A [`Mutant`] says what the subject would be doing wrong and which requirements must notice. It knows requests and
//! answers, and nothing of the subject's code: the same table tests the checks against any subject.

mod act;

pub use act::{Act, Change, Errand};

use crate::catalogue::{Revision, Role};
use crate::wire::{Edit, Request, Response, Trace};
use secrecy::SecretString;

/// A subject with one fault.
#[derive(Debug)]
pub struct Mutant {
    /// What it does wrong.
    pub name: &'static str,
    /// The role that is faulty.
    pub role: Role,
    /// The requirements that must be violated, wherever they and the mutant are in force.
    pub kills: &'static [&'static str],
    /// Requirements that stand on the same traffic and may come out differently too.
    pub also: &'static [&'static str],
    /// The revisions at which the fault can exist.
    pub revisions: fn(Revision) -> bool,
    /// The edits that make the fault.
    pub acts: &'static [Act],
}

/// Puts a mutant, if there is one, beside the recorder.
#[derive(Clone, Debug, Default)]
pub struct Mutation {
    /// The mutant.
    pub mutant: Option<&'static Mutant>,
    /// A token the subject accepts, handed to it in place of one it ought to refuse.
    pub valid: Option<SecretString>,
    /// A token of another user that the subject accepts.
    pub other: Option<SecretString>,
}

impl Mutation {
    fn acts(&self) -> impl Iterator<Item = &'static Act> {
        self.mutant.into_iter().flat_map(|mutant| mutant.acts)
    }

    /// What the subject would fetch because of a request that the recorder saw.
    #[must_use]
    pub fn errands(&self, request: &Request) -> Vec<Errand> {
        self.acts().filter_map(|act| act.errand(request)).collect()
    }
}

impl Mutant {
    /// A mutant that can exist at every revision.
    #[must_use]
    pub const fn of(
        role: Role,
        name: &'static str,
        kills: &'static [&'static str],
        also: &'static [&'static str],
        acts: &'static [Act],
    ) -> Self {
        Self { name, role, kills, also, revisions: |_| true, acts }
    }

    /// Whether the mutant would change any of these exchanges. Where it would not, a subject that answers alike to
    /// like requests cannot be told from the mutant.
    #[must_use]
    pub fn touches(&'static self, trace: &Trace) -> bool {
        let token = |text: &str| Some(SecretString::from(text));
        let mutation =
            Mutation { mutant: Some(self), valid: token("a-valid-token"), other: token("another-users-token") };
        trace.iter().any(|exchange| {
            let mut received_request = exchange.request.clone();
            let mut emitted_request = exchange.request.clone();
            let mut answer = exchange.answer.clone();
            let answered = answer.as_mut().is_ok_and(|response| mutation.emitted_answer(&exchange.request, response));
            answered
                || !mutation.errands(&exchange.request).is_empty()
                || mutation.received_request(&mut received_request)
                || mutation.emitted_request(&mut emitted_request)
                || exchange.honest.as_ref().is_some_and(|honest| {
                    let answer = exchange.answer.clone();
                    answer.is_ok_and(|mut answer| mutation.received_answer(&exchange.request, honest, &mut answer))
                })
        })
    }
}

impl Edit for Mutation {
    fn received_request(&self, request: &mut Request) -> bool {
        let recorded = request.clone();
        let changes = self.acts().map(|act| act.received_request(&recorded, request, self));
        changes.fold(false, |any, changed| any | changed)
    }

    fn emitted_answer(&self, request: &Request, response: &mut Response) -> bool {
        self.acts().map(|act| act.emitted_answer(request, response)).fold(false, |any, changed| any | changed)
    }

    fn emitted_request(&self, request: &mut Request) -> bool {
        self.acts().map(|act| act.emitted_request(request)).fold(false, |any, changed| any | changed)
    }

    fn received_answer(&self, request: &Request, honest: &Response, answer: &mut Response) -> bool {
        self.acts().map(|act| act.received_answer(request, honest, answer)).fold(false, |any, changed| any | changed)
    }
}
