//! Whether a refused call came to nothing.

use super::evidence::Effect;
use crate::findings::Finding;
use crate::findings::answer::unanswered;
use crate::wire::Exchange;

/// The call that was to be refused had no effect. An effect tells against the server whatever it answered; that there is
/// none tells for it only if it answered.
#[must_use]
pub(crate) fn had_no_effect(exchange: &Exchange, effect: Effect) -> Finding {
    let expected = "no effect of the refused call";
    if effect == Effect::NotSeen && exchange.response().is_none() {
        return unanswered(exchange, expected);
    }
    let actual = match effect {
        Effect::Seen => "the effect can be read back",
        Effect::NotSeen => "nothing can be read back",
    };
    Finding::check(effect == Effect::NotSeen, expected, actual, exchange)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Verdict;
    use crate::wire::{Failure, Request, Response};
    use http::HeaderMap;
    use rstest::rstest;
    use std::time::Duration;

    #[rstest]
    #[case::none(Effect::NotSeen, true, Verdict::Met)]
    #[case::none_that_is_known_of(Effect::NotSeen, false, Verdict::Inconclusive)]
    #[case::behind_a_refusal(Effect::Seen, true, Verdict::Violated)]
    #[case::behind_silence(Effect::Seen, false, Verdict::Violated)]
    fn an_effect_that_can_be_read_back_accuses(
        #[case] effect: Effect,
        #[case] answered: bool,
        #[case] expected: Verdict,
    ) {
        let refusal = Response { status: 401, headers: HeaderMap::new(), body: Vec::new().into(), truncated: false };
        let exchange = Exchange {
            number: 1,
            request: Request::get("a call", "http://localhost/mcp"),
            answer: if answered { Ok(refusal) } else { Err(Failure::Silence(Duration::ZERO)) },
            honest: None,
            took: Duration::ZERO,
        };
        assert_eq!(had_no_effect(&exchange, effect).verdict, expected);
    }
}
