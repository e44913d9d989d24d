//! Answers by which a server says that it cannot answer now, and answers that are probably not the server's. They tell
//! nothing of how it treats a request.

use super::{Finding, Verdict};
use crate::protocol::reply::shown;
use crate::wire::{Edge, Exchange, Trace};

/// Why an answer shows nothing of the server.
enum Void {
    /// It puts the request off.
    PutOff(u16),
    /// It was probably made before the server.
    Edge(Edge, String),
}

impl Void {
    fn of(exchange: &Exchange) -> Option<Self> {
        let response = exchange.response()?;
        let edge = exchange.request.delivery.edge.map(|edge| Self::Edge(edge, shown(response)));
        edge.or_else(|| response.is_put_off().then_some(Self::PutOff(response.status)))
    }

    /// What it is, behind what was seen.
    fn remark(&self) -> String {
        match self {
            Self::PutOff(status) => format!("HTTP {status} only puts a request off"),
            Self::Edge(edge, shown) => format!("{shown} is probably not an answer of the server, for {edge}"),
        }
    }

    /// What is wanting because of it.
    fn lack(&self) -> String {
        match self {
            Self::PutOff(status) => format!("the server puts requests off with HTTP {status}"),
            Self::Edge(_, shown) => {
                format!("something before the server, such as a firewall or a gateway, answers in its place: {shown}")
            }
        }
    }
}

/// What is wanting where the answer of this exchange is all there is, if it shows nothing of the server.
#[must_use]
pub fn lack(exchange: &Exchange) -> Option<String> {
    Void::of(exchange).map(|void| void.lack())
}

/// The finding about an exchange whose answer shows nothing of the server, and so nothing of what is asked.
#[must_use]
pub fn void(exchange: &Exchange, expected: &str) -> Option<Finding> {
    let void = Void::of(exchange)?;
    let actual = format!("{}: {}", exchange.request.label(), void.remark());
    Some(Finding::inconclusive(expected, actual, vec![exchange.number]).for_want_of(void.lack()))
}

/// The finding in the light of the exchanges it rests on: a fault is none that an answer shows which tells nothing of the
/// server, and what no other answer shows was not seen to be kept.
#[must_use]
pub fn weighed(finding: Finding, trace: &Trace) -> Finding {
    let exchanges = finding.evidence.iter().filter_map(|number| trace.get(*number));
    let answers: Vec<_> = exchanges.filter(|exchange| exchange.answer.is_ok()).collect();
    let void: Vec<_> = answers.iter().filter_map(|exchange| Void::of(exchange)).collect();
    let decides = match finding.verdict {
        Verdict::Violated => void.is_empty(),
        Verdict::Met => void.is_empty() || void.len() < answers.len(),
        _ => true,
    };
    match void.first() {
        Some(void) if !decides => {
            let actual = format!("{}; {}", finding.actual, void.remark());
            Finding { verdict: Verdict::Inconclusive, actual, ..finding }.for_want_of(void.lack())
        }
        _ => finding,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Request, Response};
    use http::HeaderMap;
    use rstest::rstest;
    use std::time::Duration;

    fn answered(status: u16) -> Exchange {
        let response = Response { status, headers: HeaderMap::new(), body: Vec::new().into(), truncated: false };
        let request = Request::get("a request", "http://localhost/mcp");
        Exchange { number: 0, request, answer: Ok(response), honest: None, took: Duration::ZERO }
    }

    #[rstest]
    #[case(429, Some(Verdict::Inconclusive))]
    #[case(401, None)]
    fn what_was_put_off_shows_nothing_of_what_is_asked(#[case] status: u16, #[case] expected: Option<Verdict>) {
        assert_eq!(void(&answered(status), "a refusal").map(|finding| finding.verdict), expected);
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

    #[rstest]
    #[case::fault(false)]
    #[case::kept(true)]
    fn an_answer_of_an_edge_shows_nothing(#[case] holds: bool) {
        let mut exchange = answered(403);
        exchange.request.delivery.edge = Some(Edge::Intermittent);
        let trace: Trace = [exchange].into_iter().collect();

        let finding = weighed(Finding::of(holds, "a 401", "a 403", vec![1]), &trace);

        assert_eq!(finding.verdict, Verdict::Inconclusive);
        assert!(finding.lack.is_some_and(|lack| lack.contains("before the server")), "{}", finding.actual);
    }
}
