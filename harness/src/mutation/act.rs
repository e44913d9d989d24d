//! The combinators of which mutants are made, each at one place of the wire.

use super::{Change, Mutation};
use crate::wire::{Exchange, Request, Response};
use http::HeaderValue;
use http::header::AUTHORIZATION;
use secrecy::{ExposeSecret as _, SecretString};

/// One edit beside the recorder.
#[derive(Clone, Copy, Debug)]
pub enum Act {
    /// The subject accepts what the recorder saw presented: it is handed a valid token instead.
    Accept(fn(&Request) -> bool),
    /// The subject takes the caller for another user: it is handed that user's token instead.
    Confuse(fn(&Request) -> bool),
    /// The subject is handed another request than the recorder saw.
    Mishear(fn(&Request) -> bool, Change),
    /// The subject answers something else.
    Answer(fn(&Request, &Response) -> bool, Change),
    /// The subject gives the answer that it gave the first time to what has this key.
    Repeat(fn(&Request) -> Option<String>),
    /// The subject has another name for something that an answer holds: the first function finds it there, the second
    /// names it, by the answer's request and how many there were before. Both names are good for the rest of the run.
    Rename(fn(&Request, &Response) -> Option<String>, fn(&Request, usize) -> String),
    /// The subject does not leave it at an answer: it does this next by itself, and gives the answer to that.
    GoOn(fn(&Request, &Response) -> Option<Request>),
    /// The subject, as a client, sends something else.
    Send(fn(&Request) -> bool, Change),
    /// The subject, as a client, sends the token on with which it was called.
    Forward(fn(&Request) -> bool, fn(&mut Request, &str)),
    /// The subject does not notice a trap: it receives the honest answer instead of the bent one that was recorded.
    Overlook(fn(&Request) -> bool),
    /// The subject, as a client, reads something else in an answer than there is.
    Misread(fn(&Request, &Response) -> bool, Change),
    /// The subject gives away what it received as a client: the first function finds it there, the second puts it into
    /// the answers that follow.
    Leak(fn(&Request, &Response) -> Option<String>, fn(&Request, &mut Response, &str)),
    /// The subject fetches something because of what the recorder saw.
    Fetch(fn(&Request) -> Option<Errand>),
}

/// What a subject goes and fetches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Errand {
    /// What is at this address.
    Url(String),
    /// The keys of the issuer, once more.
    IssuerKeys,
}

impl Act {
    /// Whether the act does something at an exchange, or remembers something of it, as far as that is told by what
    /// chooses the exchange and not by what is changed in it.
    pub(super) fn concerns(self, exchange: &Exchange) -> bool {
        let (request, response) = (&exchange.request, exchange.response());
        match self {
            Self::Accept(when) | Self::Confuse(when) | Self::Mishear(when, _) => when(request),
            Self::Send(when, _) | Self::Forward(when, _) => when(request),
            Self::Overlook(when) => exchange.honest.is_some() && when(request),
            Self::Answer(when, _) | Self::Misread(when, _) => response.is_some_and(|answer| when(request, answer)),
            Self::Rename(find, _) | Self::Leak(find, _) => {
                response.is_some_and(|answer| find(request, answer).is_some())
            }
            Self::Repeat(key) => key(request).is_some(),
            Self::GoOn(next) => response.is_some_and(|answer| next(request, answer).is_some()),
            Self::Fetch(errand) => errand(request).is_some(),
        }
    }

    pub(super) fn received_request(self, recorded: &Request, request: &mut Request, hired: &Mutation) -> bool {
        match self {
            Self::Accept(when) if when(recorded) => present(request, hired.valid.as_ref()),
            Self::Confuse(when) if when(recorded) => present(request, hired.other.as_ref()),
            Self::Mishear(when, change) if when(recorded) => change.on_request(request),
            Self::Rename(..) => hired.memory.restore(request),
            _ => false,
        }
    }

    pub(super) fn emitted_answer(self, request: &Request, response: &mut Response, hired: &Mutation) -> bool {
        match self {
            Self::Answer(when, change) if when(request, response) => change.on_response(request, response),
            Self::Repeat(key) => {
                let first = key(request).and_then(|key| hired.memory.first_answer(key, response));
                let differs = first.as_ref().is_some_and(|first| first != response);
                first.into_iter().for_each(|first| *response = first);
                differs
            }
            Self::Rename(find, name) => {
                if let Some(real) = find(request, response) {
                    hired.memory.rename(real, |count| name(request, count));
                }
                hired.memory.disguise(response)
            }
            Self::Leak(_, give) => hired
                .memory
                .received()
                .is_some_and(|received| Change::rewritten(response, |response| give(request, response, &received))),
            _ => false,
        }
    }

    pub(super) fn further(self, request: &Request, response: &Response) -> Option<Request> {
        match self {
            Self::GoOn(next) => next(request, response),
            _ => None,
        }
    }

    pub(super) fn received_answer(
        self,
        request: &Request,
        honest: &Response,
        answer: &mut Response,
        hired: &Mutation,
    ) -> bool {
        match self {
            Self::Overlook(when) if when(request) && answer != honest => {
                answer.clone_from(honest);
                true
            }
            Self::Misread(when, change) if when(request, answer) => change.on_response(request, answer),
            Self::Leak(find, _) => {
                find(request, answer).into_iter().for_each(|found| hired.memory.receive(found));
                false
            }
            _ => false,
        }
    }

    pub(super) fn errand(self, request: &Request) -> Option<Errand> {
        match self {
            Self::Fetch(errand) => errand(request),
            _ => None,
        }
    }

    pub(super) fn emitted_request(self, request: &mut Request, hired: &Mutation) -> bool {
        match self {
            Self::Send(when, change) if when(request) => change.on_request(request),
            Self::Forward(when, put) if when(request) => hired.valid.as_ref().is_some_and(|token| {
                put(request, token.expose_secret());
                true
            }),
            _ => false,
        }
    }
}

fn present(request: &mut Request, token: Option<&SecretString>) -> bool {
    let Some(token) = token else { return false };
    let Ok(value) = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret())) else { return false };
    request.headers.insert(AUTHORIZATION, value);
    true
}
