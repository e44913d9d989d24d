//! What was sent and what came back, numbered.

use super::{Request, Response};
use std::time::Duration;

/// Why a request has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Nothing listens there, or the connection broke before anything was answered.
    #[error("no connection: {0}")]
    Connection(String),
    /// The connection broke in the middle of an answer.
    #[error("the answer breaks off: {0}")]
    CutShort(String),
    /// The answer did not come within the limit.
    #[error("no answer within {0:?}")]
    Silence(Duration),
    /// It was not sent, because so many requests in a row had no answer.
    #[error("not sent, because the last {0} requests had no answer")]
    Abandoned(usize),
    /// It was not sent, because it is larger than requests to this subject may be.
    #[error("not sent, because the run is gentle and sends no request of more than {0} bytes")]
    Withheld(usize),
    /// What came back is not HTTP.
    #[error("the answer is not HTTP: {0}")]
    NotHttp(String),
    /// The request cannot be sent as it is, which is the harness's fault.
    #[error("the request cannot be sent: {0}")]
    Unsendable(String),
}

/// One request and its answer.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The position in its trace, from 1.
    pub number: usize,
    /// What was sent, as the recorder saw it.
    pub request: Request,
    /// What came back, as the recorder saw it.
    pub answer: Result<Response, Failure>,
    /// The answer that the subject would have had without the trap that bent it, where there was one.
    pub honest: Option<Response>,
    /// How long the answer took.
    pub took: Duration,
}

impl Exchange {
    /// The answer, if there is one.
    #[must_use]
    pub fn response(&self) -> Option<&Response> {
        self.answer.as_ref().ok()
    }
}

/// An ordered list of exchanges, and beside it those that the subject had meanwhile with parties behind it.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    pub(super) exchanges: Vec<Exchange>,
    aside: Vec<Exchange>,
}

impl Trace {
    /// Adds an exchange and gives it its number.
    pub fn push(&mut self, mut exchange: Exchange) -> usize {
        let number = self.exchanges.len() + 1;
        exchange.number = number;
        self.exchanges.push(exchange);
        number
    }

    /// Keeps exchanges of the subject with a party behind it. They have no number, and no report shows them.
    pub fn keep_aside(&mut self, exchanges: impl IntoIterator<Item = Exchange>) {
        self.aside.extend(exchanges);
    }

    /// The exchanges of the subject with parties behind it, in order.
    pub fn aside(&self) -> std::slice::Iter<'_, Exchange> {
        self.aside.iter()
    }

    /// The exchange with this number.
    #[must_use]
    pub fn get(&self, number: usize) -> Option<&Exchange> {
        self.exchanges.get(number.checked_sub(1)?)
    }

    /// All exchanges, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Exchange> {
        self.exchanges.iter()
    }

    /// How many exchanges there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.exchanges.len()
    }

    /// Whether nothing was exchanged.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.exchanges.is_empty()
    }
}

impl<'a> IntoIterator for &'a Trace {
    type Item = &'a Exchange;
    type IntoIter = std::slice::Iter<'a, Exchange>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl FromIterator<Exchange> for Trace {
    fn from_iter<I: IntoIterator<Item = Exchange>>(exchanges: I) -> Self {
        let mut trace = Self::default();
        for exchange in exchanges {
            trace.push(exchange);
        }
        trace
    }
}
