//! Answers by which a server says that it cannot answer now. They tell nothing of how it treats a request.

use super::{Finding, Verdict};
use crate::wire::{Response, Trace};

/// The answer is 429 (RFC 6585 §4) or 503 (RFC 9110 §15.6.4), too many requests or unavailable for a while; or it is one by
/// which a gateway says that it got no answer from the server behind it: 502, 504 (RFC 9110 §§15.6.3 and 15.6.5), and 520 to
/// 529, which content delivery networks use for the same.
#[must_use]
pub fn is_put_off(response: &Response) -> bool {
    matches!(response.status, 429 | 502 | 503 | 504 | 520..=529)
}

/// What is wanting where such an answer is all there is.
#[must_use]
pub fn lack(response: &Response) -> String {
    format!("the server puts requests off with HTTP {}", response.status)
}

/// The finding in the light of the exchanges it rests on: a fault is none that a put-off request shows, and what was put
/// off everywhere was not seen to be kept.
#[must_use]
pub fn weighed(finding: Finding, trace: &Trace) -> Finding {
    let answers: Vec<_> = finding.evidence.iter().filter_map(|number| trace.get(*number)?.response()).collect();
    let put_off: Vec<_> = answers.iter().filter(|response| is_put_off(response)).collect();
    let decides = match finding.verdict {
        Verdict::Violated => put_off.is_empty(),
        Verdict::Met => put_off.is_empty() || put_off.len() < answers.len(),
        _ => true,
    };
    match put_off.first() {
        Some(response) if !decides => {
            let actual = format!("{}; HTTP {} only puts a request off", finding.actual, response.status);
            Finding { verdict: Verdict::Inconclusive, actual, ..finding }.for_want_of(lack(response))
        }
        _ => finding,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Exchange, Request};
    use http::HeaderMap;
    use rstest::rstest;
    use std::time::Duration;

    fn answered(status: u16) -> Exchange {
        let response = Response { status, headers: HeaderMap::new(), body: Vec::new().into(), truncated: false };
        let request = Request::get("a request", "http://localhost/mcp");
        Exchange { number: 0, request, answer: Ok(response), honest: None, took: Duration::ZERO }
    }

    #[rstest]
    #[case::fault_while_unavailable(&[503], false, Verdict::Inconclusive)]
    #[case::fault_while_limited(&[401, 429], false, Verdict::Inconclusive)]
    #[case::fault_behind_a_gateway(&[401, 502], false, Verdict::Inconclusive)]
    #[case::fault_behind_a_slow_gateway(&[504], false, Verdict::Inconclusive)]
    #[case::fault_behind_a_network(&[522], false, Verdict::Inconclusive)]
    #[case::fault(&[401, 500], false, Verdict::Violated)]
    #[case::fault_of_a_server_that_knows_no_method(&[501], false, Verdict::Violated)]
    #[case::kept_by_one_answer(&[503, 200], true, Verdict::Met)]
    #[case::kept_by_no_answer(&[503, 429], true, Verdict::Inconclusive)]
    #[case::kept(&[401], true, Verdict::Met)]
    #[case::kept_without_answers(&[], true, Verdict::Met)]
    fn a_request_that_was_put_off_shows_nothing(
        #[case] statuses: &[u16],
        #[case] holds: bool,
        #[case] expected: Verdict,
    ) {
        let trace: Trace = statuses.iter().copied().map(answered).collect();
        let finding = Finding::of(holds, "a refusal", "an answer", (1..=statuses.len()).collect());

        assert_eq!(weighed(finding, &trace).verdict, expected);
    }
}
