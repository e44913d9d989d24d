//! How a server treats the keys of the issuer, as far as the wire shows it.

use crate::findings::Finding;
use std::time::Duration;

/// What is taken for bounded however fast the requests come.
const AT_ONCE: u64 = 5;
/// And for each second that they take.
const EACH_SECOND: u64 = 2;

/// Requests for the keys while tokens that name unknown keys were sent.
#[derive(Clone, Debug)]
pub(crate) struct Traffic {
    /// How many requests for the keys there had been.
    pub(crate) before: usize,
    /// How many there were in the end.
    pub(crate) after: usize,
    /// How many tokens were sent.
    pub(crate) tokens: usize,
    /// How long that took.
    pub(crate) took: Duration,
}

/// Tokens that name unknown keys cause few requests for the keys.
#[must_use]
pub(crate) fn asks_seldom(traffic: &Traffic, evidence: Vec<usize>) -> Finding {
    let seconds = traffic.took.as_secs();
    let bound = AT_ONCE + EACH_SECOND * seconds;
    let expected = format!("at most {bound} requests for the keys of the issuer within {} s", seconds + 1);
    if traffic.after == 0 {
        let reason = "the server has never asked for the keys where the harness could see it";
        return Finding::inconclusive(expected, reason, evidence);
    }
    let asked = traffic.after.saturating_sub(traffic.before);
    let holds = u64::try_from(asked).is_ok_and(|asked| asked <= bound);
    Finding::of(holds, expected, format!("{} tokens led to {asked} requests", traffic.tokens), evidence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Verdict;
    use rstest::rstest;

    #[rstest]
    #[case::none_ever(0, 0, 0, Verdict::Inconclusive)]
    #[case::none_now(1, 1, 0, Verdict::Met)]
    #[case::few(6, 1, 0, Verdict::Met)]
    #[case::many(7, 1, 0, Verdict::Violated)]
    #[case::few_for_the_time(15, 0, 5, Verdict::Met)]
    fn a_bounded_number_of_requests_is_allowed(
        #[case] after: usize,
        #[case] before: usize,
        #[case] seconds: u64,
        #[case] expected: Verdict,
    ) {
        let traffic = Traffic { before, after, tokens: 50, took: Duration::from_secs(seconds) };
        assert_eq!(asks_seldom(&traffic, Vec::new()).verdict, expected);
    }
}
