//! Whether a refused call came to nothing.

use super::evidence::Effect;
use crate::findings::Finding;
use crate::wire::Exchange;

/// The call that was to be refused had no effect.
#[must_use]
pub(crate) fn had_no_effect(exchange: &Exchange, effect: Effect) -> Finding {
    let actual = match effect {
        Effect::Seen => "the effect can be read back",
        Effect::NotSeen => "nothing can be read back",
    };
    Finding::check(effect == Effect::NotSeen, "no effect of the refused call", actual, exchange)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Verdict;
    use crate::wire::{Failure, Request};
    use rstest::rstest;
    use std::time::Duration;

    #[rstest]
    #[case(Effect::NotSeen, Verdict::Met)]
    #[case(Effect::Seen, Verdict::Violated)]
    fn an_effect_that_can_be_read_back_accuses(#[case] effect: Effect, #[case] expected: Verdict) {
        let exchange = Exchange {
            number: 1,
            request: Request::get("a call", "http://localhost/mcp"),
            answer: Err(Failure::Silence(Duration::ZERO)),
            honest: None,
            took: Duration::ZERO,
        };
        assert_eq!(had_no_effect(&exchange, effect).verdict, expected);
    }
}
