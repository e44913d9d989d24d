//! In which form a request is refused, and whether there is a challenge to look at. What is wanting for that is the fault
//! of one rule, which tells it; to the others there is nothing to which they could apply.

use super::shown;
use crate::findings::{Finding, answer, availability};
use crate::protocol::challenge::{bearer, has_scheme, unreadable};
use crate::protocol::reply::{holds_what_was_asked, shown_with_content};
use crate::wire::{Exchange, Response};
use http::header::WWW_AUTHENTICATE;

/// What an answer must have for a rule about the 401 to apply to it. Ordered: the later holds all that is before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Look {
    /// The status 401.
    Status,
    /// A `WWW-Authenticate` field.
    Field,
    /// A field that can be read.
    Readable,
    /// A Bearer challenge.
    Bearer,
}

/// Judges an answer that has what `look` says; for another one the rule does not apply, and the finding names the rule
/// that tells why.
pub(crate) fn look_at(exchange: &Exchange, look: Look, judge: impl FnOnce(&Exchange) -> Finding) -> Finding {
    let expected = "a 401 with a challenge that can be looked at";
    let wanting = exchange.response().and_then(|response| wanting(exchange, response, look));
    match (wanting, availability::void(exchange, expected)) {
        (_, Some(put_off)) => put_off,
        (Some(reason), None) => Finding::not_applicable(expected, reason, vec![exchange.number]),
        (None, None) => judge(exchange),
    }
}

fn wanting(exchange: &Exchange, response: &Response, look: Look) -> Option<String> {
    if response.status != 401 {
        return Some(format!(
            "{}: HTTP {}, which is no 401; {}",
            exchange.request.label(),
            response.status,
            teller(exchange)
        ));
    }
    if look >= Look::Field && !response.headers.contains_key(WWW_AUTHENTICATE) {
        return Some(format!("{}; see RS-CHALLENGE-02", shown(response)));
    }
    if look < Look::Readable || bearer(response).is_some() {
        return None;
    }
    if let Some((field, error)) = unreadable(response) {
        return Some(format!("it cannot be parsed, {error}: WWW-Authenticate: {field}; see RS-CHALLENGE-04"));
    }
    if has_scheme(response, "DPoP") {
        return Some("the server asks for DPoP (RFC 9449 section 7.1) and not for Bearer".to_owned());
    }
    let reason = || format!("no challenge with the scheme Bearer: {}; see RS-CHALLENGE-03", shown(response));
    (look >= Look::Bearer).then(reason)
}

/// The rule that tells of an answer that should have been a 401.
fn teller(exchange: &Exchange) -> &'static str {
    match (&exchange.request.presented, exchange.response()) {
        (None, _) => "see RS-CHALLENGE-01",
        (Some(_), Some(response)) if holds_what_was_asked(response) => {
            "the token was accepted, which the rule about this token tells"
        }
        (Some(_), _) => "see RS-CHALLENGE-10",
    }
}

/// A request that was refused, was refused with this status. One that was served is told by the rule about what should
/// have kept it from being served.
#[must_use]
pub(crate) fn is_refused_with(exchange: &Exchange, status: u16) -> Finding {
    match exchange.response() {
        Some(response) if holds_what_was_asked(response) => {
            let seen = format!("{}: {}", exchange.request.label(), shown_with_content(response));
            let reason = format!("{seen}: it was served and not refused, which the rule about this token tells");
            Finding::not_applicable(format!("HTTP {status}"), reason, vec![exchange.number])
        }
        _ => is_answered_with(exchange, status),
    }
}

/// The answer has this status; the finding shows what stands in another one.
#[must_use]
pub(crate) fn is_answered_with(exchange: &Exchange, status: u16) -> Finding {
    let expected = format!("HTTP {status}");
    let Some(response) = exchange.response() else { return answer::unanswered(exchange, &expected) };
    let actual = format!("{}: {}", exchange.request.label(), shown_with_content(response));
    Finding::check(response.status == status, expected, actual, exchange)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Verdict;
    use crate::token_name::VALID;
    use crate::wire::{Presented, Request};
    use http::{HeaderMap, HeaderValue};
    use rstest::rstest;
    use std::time::Duration;

    fn answered(status: u16, challenge: Option<&'static str>, body: &'static str) -> Exchange {
        let field = challenge.map(|challenge| (WWW_AUTHENTICATE, HeaderValue::from_static(challenge)));
        let response = Response { status, headers: HeaderMap::from_iter(field), body: body.into(), truncated: false };
        let mut request = Request::get("it", "http://localhost/mcp");
        request.presented = Some(Presented { name: VALID, token: "t".into() });
        Exchange { number: 1, request, answer: Ok(response), honest: None, took: Duration::ZERO }
    }

    const ERROR: &str = r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"Invalid token"}}"#;
    const REPORT: &str = r#"{"jsonrpc":"2.0","id":1,"result":{"content":[],"isError":true}}"#;
    const RESULT: &str = r#"{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}"#;

    #[rstest]
    #[case::right(401, "", Verdict::Met)]
    #[case::fails_over_it(500, "", Verdict::Violated)]
    #[case::forbids(403, "", Verdict::Violated)]
    #[case::hides(404, "", Verdict::Violated)]
    #[case::sends_away(302, "", Verdict::Violated)]
    #[case::error_behind_a_200(200, ERROR, Verdict::Violated)]
    #[case::report_of_a_tool(200, REPORT, Verdict::Violated)]
    #[case::served(200, RESULT, Verdict::NotApplicable)]
    #[case::served_behind_a_401(401, RESULT, Verdict::NotApplicable)]
    fn only_the_form_of_a_refusal_is_judged(
        #[case] status: u16,
        #[case] body: &'static str,
        #[case] expected: Verdict,
    ) {
        assert_eq!(is_refused_with(&answered(status, None, body), 401).verdict, expected);
    }

    #[test]
    fn the_finding_tells_the_status_and_the_beginning_of_the_content() {
        let finding = is_refused_with(&answered(200, None, ERROR), 401);
        assert_eq!(finding.actual, format!("it: HTTP 200 with JSON-RPC error -32001: `{ERROR}`"));
    }

    const WHOLE: &str = "Bearer a=\"b\"";

    #[rstest]
    #[case::another_status(403, Some(WHOLE), Look::Status, "see RS-CHALLENGE-10")]
    #[case::no_field(401, None, Look::Field, "see RS-CHALLENGE-02")]
    #[case::unreadable(401, Some("Bearer a=\"b"), Look::Readable, "see RS-CHALLENGE-04")]
    #[case::another_scheme(401, Some("Basic realm=\"b\""), Look::Bearer, "see RS-CHALLENGE-03")]
    #[case::bound_tokens_only(401, Some("DPoP algs=\"ES256\""), Look::Readable, "DPoP")]
    fn what_is_wanting_is_named_with_the_rule_that_tells_it(
        #[case] status: u16,
        #[case] challenge: Option<&'static str>,
        #[case] look: Look,
        #[case] words: &str,
    ) {
        let finding = look_at(&answered(status, challenge, ""), look, |_| Finding::harness_error("no call", "a call"));
        assert_eq!(finding.verdict, Verdict::NotApplicable);
        assert!(finding.actual.contains(words), "{}", finding.actual);
    }

    #[rstest]
    #[case(Some(WHOLE), Look::Bearer)]
    #[case(Some("Basic realm=\"b\""), Look::Readable)]
    #[case(Some("Bearer a=\"b"), Look::Field)]
    #[case(None, Look::Status)]
    fn what_is_there_is_judged(#[case] challenge: Option<&'static str>, #[case] look: Look) {
        let finding = look_at(&answered(401, challenge, ""), look, |exchange| Finding::check(true, "", "", exchange));
        assert_eq!(finding.verdict, Verdict::Met);
    }
}
