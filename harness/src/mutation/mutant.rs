//! A subject with one fault: what it does wrong, which requirements must notice, and of which subject it is made.

use super::{Act, Mutation};
use crate::catalogue::{Revision, Role};
use crate::wire::{Edit as _, Exchange, Trace};
use secrecy::SecretString;
use std::fmt;

/// The honest subject that a mutant is made of. A mutant can only spoil what its subject has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The reference implementations.
    Reference,
    /// The server of the tests that has what the reference server lacks: handles, tasks, bound tokens, several issuers,
    /// parties behind it.
    Second,
    /// The server of the tests that is on another machine, as far as its name tells.
    Remote,
}

impl Subject {
    /// All subjects.
    pub const ALL: [Self; 3] = [Self::Reference, Self::Second, Self::Remote];
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Reference => "reference",
            Self::Second => "second",
            Self::Remote => "remote",
        })
    }
}

/// A subject with one fault.
#[derive(Debug)]
pub struct Mutant {
    /// What it does wrong.
    pub name: &'static str,
    /// The role that is faulty.
    pub role: Role,
    /// The subject that it is made of.
    pub on: Subject,
    /// The requirements that must be violated, wherever they and the mutant are in force.
    pub kills: &'static [&'static str],
    /// Requirements that stand on the same traffic and may come out differently too.
    pub also: &'static [&'static str],
    /// The revisions at which the fault can exist.
    pub revisions: fn(Revision) -> bool,
    /// The edits that make the fault.
    pub acts: &'static [Act],
}

impl Mutant {
    /// A mutant of the reference implementation that can exist at every revision.
    #[must_use]
    pub const fn of(
        role: Role,
        name: &'static str,
        kills: &'static [&'static str],
        also: &'static [&'static str],
        acts: &'static [Act],
    ) -> Self {
        Self { name, role, on: Subject::Reference, kills, also, revisions: |_| true, acts }
    }

    /// Whether the mutant would change any of these exchanges. Where it would not, a subject that answers alike to
    /// like requests cannot be told from the mutant.
    #[must_use]
    pub fn touches(&'static self, trace: &Trace) -> bool {
        let token = |text: &str| Some(SecretString::from(text));
        let mutation = Mutation {
            mutant: Some(self),
            valid: token("a-valid-token"),
            other: token("another-users-token"),
            ..Mutation::default()
        };
        // In order: what a mutant remembers of one exchange, it uses at another.
        trace.aside().any(|exchange| mutation.alters_behind(exchange))
            || trace.iter().any(|exchange| mutation.alters(exchange))
    }
}

impl Mutation {
    /// Whether an exchange of the subject would have been another one.
    fn alters(&self, exchange: &Exchange) -> bool {
        if !self.concerns(exchange) {
            return false;
        }
        let request = &exchange.request;
        let mut answer = exchange.answer.clone();
        self.received_request(&mut request.clone())
            || answer.as_mut().is_ok_and(|response| self.emitted_answer(request, response))
            || answer.is_ok_and(|response| self.further(request, &response).is_some())
            || !self.errands(request).is_empty()
            || self.alters_behind(exchange)
    }

    /// Whether an exchange in which the subject is the client would have been another one.
    fn alters_behind(&self, exchange: &Exchange) -> bool {
        self.concerns(exchange)
            && (self.emitted_request(&mut exchange.request.clone())
                || exchange.answer.as_ref().is_ok_and(|answer| {
                    let honest = exchange.honest.as_ref().unwrap_or(answer);
                    self.received_answer(&exchange.request, honest, &mut answer.clone())
                }))
    }
}
