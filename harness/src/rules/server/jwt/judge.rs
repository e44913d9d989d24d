//! How a server treats tokens that lead somewhere, tokens of great length, and the keys of the issuer.

use super::evidence::{Contacts, KeyTraffic};
use crate::findings::{Finding, answer};
use crate::token_name::VALID;
use crate::wire::Exchange;

/// What is taken for bounded however fast the requests come.
const AT_ONCE: u64 = 5;
/// And for each second that they take.
const EACH_SECOND: u64 = 2;

/// A long token is turned away; the valid one that is sent right after it is accepted.
#[must_use]
pub(crate) fn turns_away_unless_valid(exchange: &Exchange) -> Finding {
    match exchange.request.presented.as_ref().map(|presented| &presented.name) {
        Some(&VALID) => answer::accepted(exchange),
        _ => answer::turned_away(exchange),
    }
}

/// The address in the token that was presented was not visited.
#[must_use]
pub(crate) fn visits_no_canary(exchange: &Exchange, Contacts(contacts): &Contacts) -> Finding {
    let seen = |contact: &Exchange| format!("{} {}", contact.request.method, contact.request.url);
    let actual = match contacts.as_slice() {
        [] => "nobody came".to_owned(),
        contacts => contacts.iter().map(seen).collect::<Vec<_>>().join(", "),
    };
    Finding::check(contacts.is_empty(), "no request to the address in the token", actual, exchange)
}

/// Tokens that name unknown keys cause few requests for the keys.
#[must_use]
pub(crate) fn asks_seldom(exchanges: &[Exchange], traffic: &KeyTraffic) -> Finding {
    let evidence = exchanges.iter().map(|exchange| exchange.number).collect();
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
    use crate::token_name::{OTHER_USER, TokenName};
    use crate::wire::{Failure, Presented, Request, Response};
    use http::HeaderMap;
    use rstest::rstest;
    use std::time::Duration;

    fn presenting(name: TokenName, answer: Result<Response, Failure>) -> Exchange {
        let mut request = Request::get("a request", "http://127.0.0.1:1/nest");
        request.presented = Some(Presented { name, token: "t".into() });
        Exchange { number: 1, request, answer, honest: None, took: Duration::ZERO }
    }

    fn answered(name: TokenName, status: u16) -> Exchange {
        let body = r#"{"jsonrpc":"2.0","id":1,"result":{}}"#.into();
        presenting(name, Ok(Response { status, headers: HeaderMap::new(), body, truncated: false }))
    }

    #[rstest]
    #[case(VALID, 200, Verdict::Met)]
    #[case(VALID, 401, Verdict::Violated)]
    #[case(OTHER_USER, 200, Verdict::Violated)]
    fn a_valid_token_is_accepted_where_another_is_turned_away(
        #[case] name: TokenName,
        #[case] status: u16,
        #[case] expected: Verdict,
    ) {
        assert_eq!(turns_away_unless_valid(&answered(name, status)).verdict, expected);
    }

    #[test]
    fn a_visit_to_the_canary_accuses() {
        let exchange = answered(VALID, 401);
        assert_eq!(visits_no_canary(&exchange, &Contacts(Vec::new())).verdict, Verdict::Met);
        let found = visits_no_canary(&exchange, &Contacts(vec![exchange.clone()]));
        assert_eq!((found.verdict, found.actual.as_str()), (Verdict::Violated, "GET http://127.0.0.1:1/nest"));
    }

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
        let traffic = KeyTraffic { before, after, tokens: 50, took: Duration::from_secs(seconds) };
        assert_eq!(asks_seldom(&[], &traffic).verdict, expected);
    }
}
