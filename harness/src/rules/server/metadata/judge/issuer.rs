//! From an issuer in protected resource metadata to the metadata of the authorization server.

use crate::findings::Finding;
use crate::protocol::difference::with_difference;
use crate::protocol::issuer::{IssuerLookup, object};
use crate::protocol::metadata::{Attempt, issuers};
use crate::protocol::{reply, url as urls};
use crate::rules::server::metadata::evidence::Discovered;
use crate::wire::{Exchange, Failure};
use serde_json::{Map, Value};
use url::Url;

/// Some document is found whose issuer is identical to the entry (RFC 8414 §3.3).
#[must_use]
pub(crate) fn leads_to_metadata(lookup: &IssuerLookup, endpoint: &str) -> Finding {
    let expected = format!("a document at one of the well-known URIs whose issuer is {}", lookup.issuer);
    let evidence = lookup.attempts.iter().map(|exchange| exchange.number).collect();
    if let Some((exchange, _)) = lookup.document() {
        return Finding::of(true, expected, format!("{} has it", exchange.request.url), evidence);
    }
    if let Some(flaw) = urls::unfetchable(&lookup.issuer, endpoint) {
        return match Url::parse(&lookup.issuer).is_ok_and(|url| urls::is_loopback(&url)) {
            true => Finding::of(false, expected, format!("{}: {flaw}", lookup.issuer), evidence),
            false => Finding::not_applicable(expected, format!("{}: {flaw}; see RS-PRM-11", lookup.issuer), evidence),
        };
    }
    if !lookup.is_safe {
        let reason = format!("{} is no address that a server elsewhere may send the harness to", lookup.issuer);
        return Finding::inconclusive(expected, reason, evidence);
    }
    let actual = lookup.attempts.iter().map(|exchange| shown(exchange, &lookup.issuer)).collect::<Vec<_>>().join("; ");
    if lookup.attempts.iter().any(is_silent) {
        return Finding::inconclusive(expected, actual, evidence);
    }
    Finding::of(false, expected, actual, evidence)
}

/// Whether it is not known what would have been answered. An address at which there is no host, or nothing listens, leads
/// nowhere.
fn is_silent(exchange: &Exchange) -> bool {
    matches!(&exchange.answer, Err(failure) if !matches!(failure, Failure::Connection(_) | Failure::NotHttp(_)))
}

/// The issuer of a token that the server accepts is one of those that its metadata names. One that is spelt otherwise is no
/// other one: how it must be spelt, other rules say.
#[must_use]
pub(crate) fn names_the_issuer(found: &Discovered, issuer: &str) -> Vec<Finding> {
    let expected = "the issuer of a token that the server accepts among authorization_servers";
    let judge = |(attempt, document): (&Attempt, Map<String, Value>)| {
        let named = issuers(&document);
        let stem = issuer.trim_end_matches('/');
        let actual = |words: &str| format!("{}: the issuer is {issuer}; {words}", attempt.way.as_str());
        if named.is_empty() {
            return Finding::not_applicable(expected, actual("no issuer is named; see RS-PRM-03"), attempt.numbers());
        }
        if named.contains(&issuer) {
            return Finding::of(true, expected, actual("it is named"), attempt.numbers());
        }
        match named.iter().find(|entry| entry.starts_with(stem)) {
            Some(entry) => {
                let words = format!("named is {}; see RS-PRM-11 and RS-PRM-12", with_difference(issuer, entry));
                Finding::not_applicable(expected, actual(&words), attempt.numbers())
            }
            None => {
                let named: Vec<_> = named.iter().map(|entry| with_difference(issuer, entry)).collect();
                let words = format!("named is {}", named.join(", "));
                Finding::of(false, expected, actual(&words), attempt.numbers())
            }
        }
    };
    let own = found.own();
    if own.is_empty() {
        return vec![Finding::not_applicable(expected, super::discovery::NOTHING, found.numbers())];
    }
    own.into_iter().map(judge).collect()
}

fn shown(exchange: &Exchange, expected: &str) -> String {
    let what = match (&exchange.answer, object(exchange)) {
        (_, Some(document)) => match document.get("issuer") {
            Some(Value::String(issuer)) => format!("issuer {}", with_difference(expected, issuer)),
            Some(issuer) => format!("issuer {issuer}"),
            None => "no issuer".to_owned(),
        },
        (Ok(response), None) => reply::shown(response),
        (Err(failure), None) => failure.to_string(),
    };
    format!("{}: {what}", exchange.request.url)
}

/// Where the authorization server lists protected resources, this one is among them (RFC 9728 §4).
#[must_use]
pub(crate) fn lists_the_resource(lookup: &IssuerLookup) -> Finding {
    let expected = format!("{} in protected_resources, where that is published", lookup.resource);
    let evidence: Vec<_> = lookup.attempts.iter().map(|exchange| exchange.number).collect();
    let Some((_, document)) = lookup.document() else {
        let reason = "no metadata of the authorization server was found";
        return match lookup.attempts.iter().any(is_silent) {
            true => Finding::inconclusive(expected, reason, evidence),
            false => Finding::not_applicable(expected, format!("{reason}; see RS-PRM-12"), evidence),
        };
    };
    match document.get("protected_resources") {
        None => {
            Finding::not_applicable(expected, "the authorization server publishes no protected_resources", evidence)
        }
        Some(listed) => {
            let among = listed.as_array().is_some_and(|list| list.iter().any(|one| one == &lookup.resource));
            Finding::of(among, expected, format!("protected_resources is {listed}"), evidence)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Verdict;
    use crate::protocol::metadata::Way;
    use crate::wire::{Request, Response};
    use rstest::rstest;
    use serde_json::json;
    use std::time::Duration;

    const ENDPOINT: &str = "https://h/mcp";

    fn exchange(answer: Result<Value, Failure>) -> Exchange {
        let answer = answer.map(|document| Response {
            status: 200,
            headers: http::HeaderMap::new(),
            body: document.to_string().into(),
            truncated: false,
        });
        let request = Request::get("it", "https://as/.well-known/oauth-authorization-server");
        Exchange { number: 1, request, answer, honest: None, took: Duration::ZERO }
    }

    fn lookup(issuer: &str, attempts: Vec<Exchange>) -> IssuerLookup {
        IssuerLookup { issuer: issuer.to_owned(), resource: ENDPOINT.to_owned(), is_safe: true, attempts }
    }

    #[rstest]
    #[case::found(Ok(json!({ "issuer": "https://as" })), Verdict::Met)]
    #[case::of_another(Ok(json!({ "issuer": "https://as/" })), Verdict::Violated)]
    #[case::dead_port(Err(Failure::Connection("refused".to_owned())), Verdict::Violated)]
    #[case::silence(Err(Failure::Silence(Duration::ZERO)), Verdict::Inconclusive)]
    fn an_issuer_leads_to_its_metadata(#[case] answer: Result<Value, Failure>, #[case] expected: Verdict) {
        assert_eq!(leads_to_metadata(&lookup("https://as", vec![exchange(answer)]), ENDPOINT).verdict, expected);
    }

    #[rstest]
    #[case("http://localhost:8080", Verdict::Violated)]
    #[case("ldap://as", Verdict::NotApplicable)]
    #[case("as.example", Verdict::NotApplicable)]
    fn an_issuer_where_no_client_can_go_is_a_fault_or_no_issuer(#[case] issuer: &str, #[case] expected: Verdict) {
        assert_eq!(leads_to_metadata(&lookup(issuer, Vec::new()), ENDPOINT).verdict, expected);
    }

    #[rstest]
    #[case(json!(["https://other", "https://as"]), Verdict::Met)]
    #[case(json!(["https://other"]), Verdict::Violated)]
    #[case(json!(["https://as/"]), Verdict::NotApplicable)]
    #[case(json!([]), Verdict::NotApplicable)]
    fn the_issuer_of_an_accepted_token_is_named(#[case] servers: Value, #[case] expected: Verdict) {
        let document = json!({ "resource": ENDPOINT, "authorization_servers": servers });
        let (identifier, exchange) = (ENDPOINT.to_owned(), exchange(Ok(document)));
        let attempt = Attempt { way: Way::PathSuffixed, identifier, redirects: Vec::new(), exchange };
        let found = Discovered { endpoint: ENDPOINT.to_owned(), named: None, attempts: vec![attempt], astray: None };
        assert_eq!(names_the_issuer(&found, "https://as")[0].verdict, expected);
    }
}
