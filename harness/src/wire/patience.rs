//! How long a subject is waited for that says that it cannot answer now, and how slowly it is asked from then on.
//!
//! An answer that puts a request off says nothing of the subject (decision 17), so the request is repeated. A subject that
//! limits the rate is left alone for as long as it says, and is then asked fewer things at a time. All of it is bounded: by
//! the number of repetitions, by the longest wait, and by the sum of all waits.

use super::Response;
use http::header::{DATE, RETRY_AFTER};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep_until};

/// How much a subject is waited for, and how fast it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// The wait before the first repetition where the subject does not say how long; it doubles with each.
    pub pause: Duration,
    /// The longest single wait. A subject that asks for a longer one is not waited for.
    pub longest: Duration,
    /// The most that all waits come to.
    pub total: Duration,
    /// How many requests are under way at the same time.
    pub lanes: usize,
    /// The least time from one request to the next.
    pub gap: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            pause: Duration::from_millis(100),
            longest: Duration::from_secs(60),
            total: Duration::from_secs(300),
            lanes: 64,
            gap: Duration::ZERO,
        }
    }
}

impl Patience {
    /// One request at a time, and a few a second: for a system that others use.
    #[must_use]
    pub fn gentle() -> Self {
        Self { lanes: 1, gap: Duration::from_millis(250), ..Self::default() }
    }
}

/// How often a request is repeated that cannot be answered.
const REPETITIONS: u32 = 3;
/// How often a request is repeated that was one too many.
const APPOINTMENTS: u32 = 12;
/// By how much the first wait for a subject that limits the rate is longer than for others.
const LIMITED: u32 = 5;
/// So many requests in a row that were repeated in vain show that repeating does not help.
const IN_VAIN: usize = 20;

/// What is waited for after an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wait {
    /// This request is repeated after a while.
    Alone(Duration),
    /// So are all that are sent meanwhile.
    Together(Duration),
}

impl Patience {
    /// What is waited for after `response` puts a request off that was repeated so many times; nothing if its answer stands.
    fn wait(&self, response: &Response, repeated: u32, now: SystemTime) -> Option<Wait> {
        if !response.is_put_off() {
            return None;
        }
        let doubled = |first: Duration| first.saturating_mul(1 << repeated.min(10));
        // Where the moment that is named is over: a little later, or the same is answered again.
        let told = retry_after(response, now).map(|told| told.max(self.pause));
        if told.is_some_and(|told| told > self.longest) {
            return None;
        }
        if response.status == 429 {
            let wait = told.unwrap_or_else(|| doubled(self.pause * LIMITED).min(self.longest));
            (repeated < APPOINTMENTS).then_some(Wait::Together(wait))
        } else {
            let wait = told.unwrap_or_else(|| doubled(self.pause).min(self.longest));
            (repeated < REPETITIONS).then_some(Wait::Alone(wait))
        }
    }
}

/// How long the subject asks to be left alone (RFC 9110 §10.2.3), by its own clock if it says what that shows.
fn retry_after(response: &Response, now: SystemTime) -> Option<Duration> {
    let value = response.headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = |text: &str| httpdate::parse_http_date(text).ok();
    let then = date(value)?;
    let now = response.headers.get(DATE).and_then(|value| date(value.to_str().ok()?)).unwrap_or(now);
    Some(then.duration_since(now).unwrap_or_default())
}

/// How fast one subject is asked.
#[derive(Debug)]
pub(super) struct Pace {
    patience: Patience,
    lanes: Semaphore,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Before this moment nothing is sent.
    resume: Option<Instant>,
    /// Before this moment the next request is not sent.
    next: Option<Instant>,
    /// What the waits came to so far.
    spent: Duration,
    /// How many requests may be under way.
    lanes: usize,
    /// How many more are under way than may be.
    excess: usize,
    /// The requests in a row that were repeated in vain.
    in_vain: usize,
    /// How long everything has waited since that last helped.
    waited_in_vain: Duration,
    /// The requests that were sent.
    sent: usize,
}

/// A place among the requests that are under way.
pub(super) struct Lane<'a> {
    pace: &'a Pace,
    permit: Option<SemaphorePermit<'a>>,
}

impl Drop for Lane<'_> {
    fn drop(&mut self) {
        let mut state = self.pace.lock();
        if state.excess > 0 {
            state.excess -= 1;
            self.permit.take().into_iter().for_each(SemaphorePermit::forget);
        }
    }
}

impl Pace {
    pub(super) fn new(patience: Patience) -> Self {
        let lanes = patience.lanes.max(1);
        let state = State {
            resume: None,
            next: None,
            spent: Duration::ZERO,
            lanes,
            excess: 0,
            in_vain: 0,
            waited_in_vain: Duration::ZERO,
            sent: 0,
        };
        Self { patience, lanes: Semaphore::new(lanes), state: Mutex::new(state) }
    }

    /// Waits until a request may be sent.
    pub(super) async fn enter(&self) -> Lane<'_> {
        // The semaphore is never closed.
        let lane = Lane { pace: self, permit: self.lanes.acquire().await.ok() };
        loop {
            let resume = self.lock().resume.filter(|resume| *resume > Instant::now());
            match resume {
                Some(resume) => sleep_until(resume).await,
                None => break,
            }
        }
        if let Some(turn) = self.take_turn() {
            sleep_until(turn).await;
        }
        lane
    }

    /// When the request is due, where requests keep a distance.
    fn take_turn(&self) -> Option<Instant> {
        let mut state = self.lock();
        state.sent += 1;
        if self.patience.gap.is_zero() {
            return None;
        }
        let now = Instant::now();
        let turn = state.next.map_or(now, |next| next.max(now));
        state.next = Some(turn + self.patience.gap);
        Some(turn)
    }

    /// How long to wait before a request is repeated that was answered by `response`, after so many repetitions; nothing if
    /// the answer stands. Who is told how long to wait has nothing sent meanwhile.
    pub(super) fn after(&self, response: &Response, repeated: u32) -> Option<Duration> {
        let wait = self.patience.wait(response, repeated, SystemTime::now());
        let mut state = self.lock();
        let Some(wait) = wait else {
            if repeated > 0 && response.is_put_off() {
                state.in_vain += 1;
            } else if repeated > 0 {
                (state.in_vain, state.waited_in_vain) = (0, Duration::ZERO);
            }
            return None;
        };
        match wait {
            Wait::Alone(pause) => {
                let is_worth_it = state.in_vain < IN_VAIN && state.spend(pause, self.patience.total);
                is_worth_it.then_some(pause)
            }
            Wait::Together(pause) => self.retreat(&mut state, pause).then_some(pause),
        }
    }

    /// Has nothing sent for a while, and fewer requests at a time from then on; tells whether there is patience for it.
    fn retreat(&self, state: &mut State, pause: Duration) -> bool {
        let now = Instant::now();
        let known = state.resume.filter(|resume| *resume > now);
        let until = now + pause;
        let longer = until.saturating_duration_since(known.unwrap_or(now));
        let in_vain = state.waited_in_vain + longer;
        if in_vain > self.patience.longest * 2 || !state.spend(longer, self.patience.total) {
            return false;
        }
        state.waited_in_vain = in_vain;
        state.resume = Some(known.map_or(until, |known| known.max(until)));
        // Of several answers to requests that were under way together, the first one tells.
        if known.is_none() {
            let fewer = (state.lanes / 2).max(1);
            let taken = state.lanes - fewer;
            state.lanes = fewer;
            state.excess += taken - self.lanes.forget_permits(taken);
        }
        true
    }

    /// How many requests were sent.
    pub(super) fn sent(&self) -> usize {
        self.lock().sent
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Takes a wait out of what is left, if there is as much.
    fn spend(&mut self, wait: Duration, total: Duration) -> bool {
        let spent = self.spent + wait;
        let fits = spent <= total;
        if fits {
            self.spent = spent;
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use http::{HeaderMap, HeaderValue};
    use rstest::rstest;

    const QUICK: Patience = Patience {
        pause: Duration::from_millis(1),
        longest: Duration::from_secs(60),
        total: Duration::from_millis(100),
        lanes: 8,
        gap: Duration::ZERO,
    };

    fn answered(status: u16, retry_after: Option<&'static str>) -> Response {
        let value = |text| (RETRY_AFTER, HeaderValue::from_static(text));
        let headers: HeaderMap = retry_after.map(value).into_iter().collect();
        Response { status, headers, body: Vec::new().into(), truncated: false }
    }

    #[rstest]
    #[case::answered(200, None, 0, None)]
    #[case::refused(401, Some("1"), 0, None)]
    #[case::gateway(502, None, 0, Some(Wait::Alone(Duration::from_millis(100))))]
    #[case::gateway_again(502, None, 2, Some(Wait::Alone(Duration::from_millis(400))))]
    #[case::gateway_for_good(502, None, REPETITIONS, None)]
    #[case::told(503, Some("1"), 0, Some(Wait::Alone(Duration::from_secs(1))))]
    #[case::limited_for_a_while(429, Some("1"), 0, Some(Wait::Together(Duration::from_secs(1))))]
    #[case::told_too_much(503, Some("3600"), 0, None)]
    #[case::told_the_past(
        429,
        Some("Sun, 06 Nov 1994 08:49:37 GMT"),
        0,
        Some(Wait::Together(Duration::from_millis(100)))
    )]
    #[case::limited(429, None, 1, Some(Wait::Together(Duration::from_secs(1))))]
    #[case::limited_for_good(429, Some("0"), APPOINTMENTS, None)]
    fn a_request_is_repeated_as_long_as_that_may_help(
        #[case] status: u16,
        #[case] told: Option<&'static str>,
        #[case] repeated: u32,
        #[case] expected: Option<Wait>,
    ) {
        let wait = Patience::default().wait(&answered(status, told), repeated, SystemTime::now());
        assert_eq!(wait, expected);
    }

    #[test]
    fn a_date_is_read_by_the_clock_of_who_names_it() {
        let mut response = answered(503, Some("Sun, 06 Nov 1994 08:49:37 GMT"));
        response.headers.insert(DATE, HeaderValue::from_static("Sun, 06 Nov 1994 08:49:07 GMT"));
        assert_eq!(retry_after(&response, SystemTime::now()), Some(Duration::from_secs(30)));
    }

    #[tokio::test]
    async fn a_subject_that_limits_the_rate_is_asked_fewer_things_at_a_time() {
        let pace = Pace::new(QUICK);
        let under_way = [pace.enter().await, pace.enter().await, pace.enter().await, pace.enter().await];
        assert!(pace.after(&answered(429, Some("0")), 0).is_some());
        assert!(pace.after(&answered(429, Some("0")), 0).is_some(), "the second answer of the same moment");
        assert_eq!(pace.lanes.available_permits(), 0, "four are under way");
        drop(under_way);
        assert_eq!(pace.lanes.available_permits(), 4);
        assert_eq!(pace.sent(), 4);
    }

    #[tokio::test]
    async fn the_waits_come_to_an_end() {
        let pace = Pace::new(QUICK);
        assert!(pace.after(&answered(429, Some("1")), 0).is_none(), "longer than all waits may be");
        let waits = (0..200).filter(|_| pace.after(&answered(502, None), 0).is_some()).count();
        assert_eq!(waits, 100);
    }

    #[test]
    fn a_subject_that_turns_every_request_away_is_not_waited_for_again_and_again() {
        let pace = Pace::new(Patience { longest: Duration::from_millis(20), ..QUICK });
        let (mut waits, mut again) = (0, 0);
        while pace.after(&answered(429, None), again).is_some() {
            waits += 1;
            again = (again + 1) % APPOINTMENTS;
            pace.lock().resume = None;
        }
        assert_eq!(waits, 3, "5, 10 and 20 ms, and the next would be too much");
    }

    #[test]
    fn what_does_not_help_is_not_done_for_ever() {
        let pace = Pace::new(QUICK);
        for _ in 0..IN_VAIN {
            assert!(pace.after(&answered(503, None), 0).is_some());
            assert!(pace.after(&answered(503, None), REPETITIONS).is_none());
        }
        assert!(pace.after(&answered(503, None), 0).is_none());
        assert!(pace.after(&answered(200, None), 1).is_none());
        assert!(pace.after(&answered(503, None), 0).is_some(), "it has helped since");
    }

    #[tokio::test]
    async fn requests_keep_their_distance() {
        let pace = Pace::new(Patience { gap: Duration::from_millis(5), lanes: 1, ..QUICK });
        let began = Instant::now();
        for _ in 0..4 {
            drop(pace.enter().await);
        }
        assert!(began.elapsed() >= Duration::from_millis(15));
    }
}
