//! How long something that may still change is asked again, and how often.
//!
//! It decides nothing about what an answer means; that is [`CallFailure::is_passing`] and the caller's question.

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::error::CallFailure;

/// Repeats a question with growing pauses until a limit. The first time is at once, so a prompt answer costs no pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// No new attempt begins later than this after the first.
    pub limit: Duration,
    /// Pause after the first attempt; each further pause is twice as long.
    pub first_pause: Duration,
    /// No pause is longer than this.
    pub longest_pause: Duration,
}

impl Backoff {
    /// For removing things on AWS, which spreads changes slowly and counts requests.
    pub(super) const REMOVAL_ON_AWS: Backoff = Backoff {
        limit: Duration::from_secs(60),
        first_pause: Duration::from_millis(500),
        longest_pause: Duration::from_secs(8),
    };
    /// For a login domain on AWS, which is said to take up to a minute.
    pub(super) const READINESS_ON_AWS: Backoff = Backoff {
        limit: Duration::from_secs(120),
        first_pause: Duration::from_secs(2),
        longest_pause: Duration::from_secs(2),
    };
    /// For a peer on this machine, where nothing spreads.
    pub(super) const ON_LOOPBACK: Backoff = Backoff {
        limit: Duration::from_secs(3),
        first_pause: Duration::from_millis(20),
        longest_pause: Duration::from_millis(200),
    };

    /// For a creation that was cut off to show its effect, or to show that it has none: a sixth of the whole patience.
    #[must_use]
    pub(super) fn settling(&self) -> Backoff {
        Backoff { limit: self.limit / 6, ..*self }
    }

    /// Repeats `attempt` while its failure is one that passes by itself.
    pub(super) async fn retry<T, F, Fut>(&self, mut attempt: F) -> Result<T, CallFailure>
    where
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<T, CallFailure>>,
    {
        let mut clock = Rounds::start(self);
        loop {
            match attempt().await {
                Err(failure) if failure.is_passing() && clock.pause().await => {
                    tracing::debug!(%failure, "asking again");
                }
                settled => return settled,
            }
        }
    }

    /// Repeats `look` until it gives `Ok`; at the limit, the last thing seen instead.
    pub(super) async fn until<T, S, F, Fut>(&self, mut look: F) -> Result<T, S>
    where
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<T, S>>,
    {
        let mut clock = Rounds::start(self);
        loop {
            match look().await {
                Err(seen) if !clock.pause().await => return Err(seen),
                Err(_) => {}
                found => return found,
            }
        }
    }
}

/// The rounds of one question.
struct Rounds {
    deadline: Instant,
    next_pause: Duration,
    longest_pause: Duration,
}

impl Rounds {
    fn start(patience: &Backoff) -> Rounds {
        Rounds {
            deadline: Instant::now() + patience.limit,
            next_pause: patience.first_pause,
            longest_pause: patience.longest_pause,
        }
    }

    /// Waits for the next round; false when there is none.
    async fn pause(&mut self) -> bool {
        let pause = self.next_pause.min(self.longest_pause);
        if Instant::now() + pause > self.deadline {
            return false;
        }
        sleep(pause).await;
        self.next_pause = pause * 2;
        true
    }
}
