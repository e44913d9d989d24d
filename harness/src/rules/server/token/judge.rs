//! Whether a presented token comes back, and whether a second place for it does harm.

use crate::findings::{Finding, Treatment, answer};
use crate::protocol::reply;
use crate::token_name::VALID;
use crate::wire::{Exchange, Response};
use secrecy::ExposeSecret as _;

/// A shorter piece may stand there by chance.
const TELLING: usize = 20;

/// No piece of 20 or more characters of the presented token stands in the answer.
#[must_use]
pub(crate) fn token_is_not_repeated(exchange: &Exchange) -> Finding {
    let expected = "no piece of the presented token in header fields or content";
    let (Some(response), Some(presented)) = (exchange.response(), &exchange.request.presented) else {
        return crate::findings::answer::unanswered(exchange, expected);
    };
    let token = presented.token.expose_secret();
    let actual = match place_of(token, response) {
        Some(place) => format!("{} comes back in {place}", presented.name),
        None => format!("{} does not come back", presented.name),
    };
    Finding::check(place_of(token, response).is_none(), expected, actual, exchange)
}

/// The request is served, or refused as one that sends a token twice (OAuth 2.1 §5.3.2).
#[must_use]
pub(crate) fn is_accepted_or_malformed(exchange: &Exchange) -> Finding {
    let expected = "HTTP 2xx with a result, or HTTP 400";
    let accepted = answer::accepted(exchange);
    match exchange.response() {
        Some(response) if response.status == 400 => Finding::check(true, expected, accepted.actual, exchange),
        _ => Finding { expected: expected.to_owned(), ..accepted },
    }
}

/// A token about which the issuer could not be asked was not served, by whichever answer; the valid one that was sent
/// right after it was, so the server is there.
#[must_use]
pub(crate) fn fails_closed(exchanges: &[Exchange]) -> Finding {
    let expected = "no result for a token that the server could not ask about";
    let evidence: Vec<_> = exchanges.iter().map(|exchange| exchange.number).collect();
    let is_valid =
        |exchange: &&Exchange| exchange.request.presented.as_ref().is_some_and(|presented| presented.name == VALID);
    let shown = |exchange: &Exchange| exchange.response().map_or_else(|| "no answer".to_owned(), reply::shown);
    let seen: Vec<_> =
        exchanges.iter().map(|exchange| format!("{}: {}", exchange.request.label(), shown(exchange))).collect();
    let (valid, unanswered): (Vec<_>, Vec<_>) = exchanges.iter().partition(is_valid);
    let served = |exchange: &&Exchange| Treatment::of(exchange) == Treatment::Served;
    if unanswered.iter().any(served) {
        Finding::of(false, expected, seen.join(", "), evidence)
    } else if valid.iter().any(served) {
        Finding::of(true, expected, seen.join(", "), evidence)
    } else {
        Finding::inconclusive(expected, format!("the valid token is not served either: {}", seen.join(", ")), evidence)
    }
}

fn place_of(token: &str, response: &Response) -> Option<String> {
    let header = response
        .headers
        .iter()
        .find(|(_, value)| shares_a_piece(token, &String::from_utf8_lossy(value.as_bytes())))
        .map(|(name, _)| format!("the header field {name}"));
    let in_content = || shares_a_piece(token, &String::from_utf8_lossy(&response.body));
    header.or_else(|| in_content().then(|| "the content".to_owned()))
}

fn shares_a_piece(token: &str, text: &str) -> bool {
    if text.len() < TELLING || token.len() < TELLING {
        return false;
    }
    let pieces: std::collections::HashSet<&[u8]> = token.as_bytes().windows(TELLING).collect();
    text.as_bytes().windows(TELLING).any(|window| pieces.contains(window))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Verdict;
    use crate::token_name::{Genuine, TokenName};
    use crate::wire::{Presented, Request};
    use http::{HeaderMap, Method};
    use rstest::rstest;
    use std::time::Duration;

    #[rstest]
    #[case::served(200, r#"{"jsonrpc":"2.0","id":1,"result":{}}"#, Verdict::Met)]
    #[case::malformed(400, "", Verdict::Met)]
    #[case::refused(401, "", Verdict::Violated)]
    #[case::failed(500, "", Verdict::Violated)]
    fn a_second_place_may_make_a_request_malformed_and_nothing_else(
        #[case] status: u16,
        #[case] body: &str,
        #[case] expected: Verdict,
    ) {
        let message = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
        let request = Request::new("a request", Method::POST, "http://localhost/mcp").content(message);
        let response = Response { status, headers: HeaderMap::new(), body: body.to_owned().into(), truncated: false };
        let exchange = Exchange { number: 1, request, answer: Ok(response), honest: None, took: Duration::ZERO };
        assert_eq!(is_accepted_or_malformed(&exchange).verdict, expected);
    }

    fn presenting(name: TokenName, status: u16) -> Exchange {
        let body = if status == 200 { r#"{"jsonrpc":"2.0","id":1,"result":{}}"# } else { "" };
        let response = Response { status, headers: HeaderMap::new(), body: body.into(), truncated: false };
        let mut request = Request::new("a request", Method::POST, "http://localhost/mcp");
        request.presented = Some(Presented { name, token: "t".into() });
        Exchange { number: 1, request, answer: Ok(response), honest: None, took: Duration::ZERO }
    }

    #[rstest]
    #[case::refused(401, 200, Verdict::Met)]
    #[case::failed(500, 200, Verdict::Met)]
    #[case::unavailable(503, 200, Verdict::Met)]
    #[case::served(200, 200, Verdict::Violated)]
    #[case::gone(503, 503, Verdict::Inconclusive)]
    fn what_cannot_be_asked_about_is_not_served(#[case] first: u16, #[case] second: u16, #[case] expected: Verdict) {
        let exchanges = [presenting(TokenName::Genuine(Genuine::Unanswered), first), presenting(VALID, second)];
        assert_eq!(fails_closed(&exchanges).verdict, expected);
    }

    #[test]
    fn a_piece_of_twenty_characters_is_telling_and_one_of_nineteen_is_not() {
        let token = "eyJraWQiOiJrMSIsImFsZyI6IlJTMjU2In0.eyJzdWIiOiJ1In0.c2ln";
        assert!(shares_a_piece(token, &format!("no such token: {}", &token[10..30])));
        assert!(!shares_a_piece(token, &format!("no such token: {}", &token[10..29])));
    }
}
