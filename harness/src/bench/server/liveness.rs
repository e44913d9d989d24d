//! Whether a subject still answers. One that takes requests and answers none would otherwise cost the whole wait for each
//! request there is, which is most of an hour.

use crate::wire::{Exchange, Failure};
use std::sync::atomic::{AtomicUsize, Ordering};

/// So many silences in a row are no slow answer to a difficult question; a few of them may be.
const LONGEST_SILENCE: usize = 20;

/// The silences since the last answer.
#[derive(Debug, Default)]
pub(crate) struct Liveness(AtomicUsize);

impl Liveness {
    /// Why nothing more is sent, once there is no hope of an answer.
    pub(crate) fn gone(&self) -> Option<Failure> {
        let silences = self.0.load(Ordering::Relaxed);
        (silences >= LONGEST_SILENCE).then_some(Failure::Abandoned(LONGEST_SILENCE))
    }

    /// Takes note of an answer, or of none.
    pub(crate) fn feel(&self, exchange: &Exchange) {
        match exchange.answer {
            Err(Failure::Silence(_)) => {
                self.0.fetch_add(1, Ordering::Relaxed);
            }
            _ => self.0.store(0, Ordering::Relaxed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Request;
    use std::time::Duration;

    fn ended(failure: Failure) -> Exchange {
        let request = Request::get("a request", "http://localhost/mcp");
        Exchange { number: 0, request, answer: Err(failure), honest: None, took: Duration::ZERO }
    }

    #[test]
    fn a_subject_is_given_up_after_silences_in_a_row_only() {
        let liveness = Liveness::default();
        for _ in 1..LONGEST_SILENCE {
            liveness.feel(&ended(Failure::Silence(Duration::ZERO)));
        }
        assert_eq!(liveness.gone(), None);
        liveness.feel(&ended(Failure::Connection("reset".to_owned())));
        liveness.feel(&ended(Failure::Silence(Duration::ZERO)));
        assert_eq!(liveness.gone(), None);
        for _ in 1..LONGEST_SILENCE {
            liveness.feel(&ended(Failure::Silence(Duration::ZERO)));
        }
        assert_eq!(liveness.gone(), Some(Failure::Abandoned(LONGEST_SILENCE)));
    }
}
