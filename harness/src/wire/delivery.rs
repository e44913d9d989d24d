//! How a request came to the answer that stands: at the first attempt, or after others that told nothing of the subject.

use super::{Failure, Response};
use std::fmt;
use std::time::Duration;

/// What became of sending a request before it was answered for good.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// The attempts before the one whose answer stands, in order.
    pub earlier: Vec<Attempt>,
    /// Why the answer that stands is probably not the subject's, if so.
    pub edge: Option<Edge>,
}

/// An attempt that told nothing of the subject, after which the request was sent again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// What came of it: a status, or no answer.
    pub outcome: Result<u16, Failure>,
    /// How long it was waited until the next one.
    pub pause: Duration,
}

/// By what an answer shows that it was made before the subject: by a firewall, a gateway or a content delivery network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// Other requests that were answered like this were answered otherwise when they were repeated.
    Intermittent,
    /// A request with a valid token is answered like this, and so is one with none.
    Regardless,
}

impl Attempt {
    pub(super) fn new(answer: &Result<Response, Failure>, pause: Duration) -> Self {
        Self { outcome: answer.as_ref().map(|response| response.status).map_err(Clone::clone), pause }
    }
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.outcome {
            Ok(status) => write!(f, "HTTP {status}")?,
            Err(failure) => failure.fmt(f)?,
        }
        if self.pause.is_zero() {
            f.write_str("; sent again")
        } else {
            write!(f, "; sent again after {:?}", self.pause)
        }
    }
}

impl fmt::Display for Edge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Intermittent => "the same request is answered so at times only",
            Self::Regardless => "requests are answered so with a valid token and with an invalid one",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_says_what_came_of_it_and_how_long_it_was_waited() {
        let waited = Attempt { outcome: Ok(429), pause: Duration::from_secs(1) };
        assert_eq!(waited.to_string(), "HTTP 429; sent again after 1s");
        let broken = Failure::Connection("reset".to_owned());
        let at_once = Attempt { outcome: Err(broken), pause: Duration::ZERO };
        assert_eq!(at_once.to_string(), "no connection: reset; sent again");
    }
}
