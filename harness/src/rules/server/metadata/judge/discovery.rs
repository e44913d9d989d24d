//! Whether the ways lead to a document, and how each document is judged.

use crate::findings::{Finding, answer};
use crate::protocol::metadata::{Attempt, Way};
use crate::protocol::url::{is_same, origin_of, unfetchable, well_known_metadata};
use crate::rules::server::metadata::evidence::Discovered;
use crate::wire::Failure;
use serde_json::{Map, Value};

/// The server publishes a document that can be read without credentials (RS-PRM-01).
#[must_use]
pub(crate) fn is_published(found: &Discovered) -> Finding {
    let expected = "a JSON object with HTTP 200 at the challenge's URL or a well-known URI";
    let published = !found.own().is_empty() || astray(found).is_some();
    if !published && found.attempts.iter().any(is_silent) {
        return Finding::inconclusive(expected, seen(found), found.numbers());
    }
    Finding::of(published, expected, seen(found), found.numbers())
}

/// A document that is published stands where clients look (RS-CHALLENGE-06).
#[must_use]
pub(crate) fn some_way_leads_to_it(found: &Discovered) -> Finding {
    let expected = "metadata at the challenge's URL or a well-known URI";
    match (found.own().is_empty(), astray(found)) {
        (false, _) => Finding::of(true, expected, seen(found), found.numbers()),
        (true, Some(astray)) => {
            let actual = format!("{}; {}, where no client looks", seen(found), astray.shown());
            Finding::of(false, expected, actual, found.numbers())
        }
        (true, None) => Finding::not_applicable(expected, NOTHING, found.numbers()),
    }
}

/// Why rules about a document do not apply where there is none.
pub(super) const NOTHING: &str = "no metadata of this endpoint was found; see RS-PRM-01";

fn astray(found: &Discovered) -> Option<&Attempt> {
    let tells = |attempt: &&Attempt| {
        attempt
            .document()
            .is_some_and(|found| ["resource", "authorization_servers"].iter().any(|name| found.contains_key(*name)))
    };
    found.astray.as_ref().filter(tells)
}

/// Whether it is not known what would have been answered. A connection that another host does not take leads nowhere; one
/// that the host of the endpoint does not take, which has just answered, may have broken.
fn is_silent(attempt: &Attempt) -> bool {
    match &attempt.exchange.answer {
        Ok(_) => false,
        Err(Failure::Connection(_) | Failure::NotHttp(_)) => {
            let way_and_endpoint = (origin_of(&attempt.exchange.request.url), origin_of(&attempt.identifier));
            way_and_endpoint.0 == way_and_endpoint.1
        }
        Err(_) => true,
    }
}

fn seen(found: &Discovered) -> String {
    let named = found.named.iter().filter(|_| !found.attempts.iter().any(|attempt| attempt.way == Way::Challenge));
    let named = named.map(|text| {
        let flaw = unfetchable(text, &found.endpoint).unwrap_or_else(|| "it was not followed".to_owned());
        format!("the challenge names {text:?}: {flaw}")
    });
    let neighbours = |attempt: &Attempt| {
        let document = attempt.document().filter(|_| !found.own().iter().any(|(own, _)| own.way == attempt.way));
        let resource = document.and_then(|document| document.get("resource")?.as_str().map(str::to_owned));
        resource.map_or_else(String::new, |resource| format!(", about {resource}"))
    };
    let attempts = found.attempts.iter().map(|attempt| format!("{}{}", attempt.shown(), neighbours(attempt)));
    named.chain(attempts).collect::<Vec<_>>().join("; ")
}

/// The way leads to a document.
fn is_document(attempt: &Attempt) -> Finding {
    let expected = format!("a JSON object with HTTP 200 at {}", attempt.way.as_str());
    if is_silent(attempt) {
        return answer::unanswered(&attempt.exchange, &expected);
    }
    Finding::of(attempt.document().is_some(), expected, attempt.shown(), attempt.numbers())
}

/// The URL in the challenge leads to a document, where there is one.
#[must_use]
pub(crate) fn challenge_leads_to_it(found: &Discovered) -> Finding {
    let expected = "resource_metadata as an absolute URL that leads to the metadata";
    let Some(named) = &found.named else {
        return Finding::not_applicable(expected, "the challenge names no resource_metadata", Vec::new());
    };
    if let Some(flaw) = unfetchable(named, &found.endpoint) {
        return Finding::of(false, expected, format!("resource_metadata is {named:?}: {flaw}"), found.numbers());
    }
    match found.attempts.iter().find(|attempt| attempt.way == Way::Challenge) {
        Some(attempt) if found.own().is_empty() && attempt.exchange.response().is_some() => {
            Finding::not_applicable(expected, format!("{}; {NOTHING}", attempt.shown()), attempt.numbers())
        }
        Some(attempt) => is_document(attempt),
        None => {
            let reason = format!("{named} is no address that a server elsewhere may send the harness to");
            Finding::inconclusive(expected, reason, Vec::new())
        }
    }
}

/// The document stands where RFC 9728 §3 has it: at the well-known URI that is made of the resource it names.
#[must_use]
pub(crate) fn stands_where_its_resource_says(found: &Discovered) -> Finding {
    let expected = "metadata at the well-known URI that is made of its resource";
    let own = found.own();
    if own.is_empty() {
        return Finding::not_applicable(expected, NOTHING, found.numbers());
    }
    let resources = own.iter().filter_map(|(_, document)| document.get("resource")?.as_str());
    let places = resources.filter_map(|resource| Some((resource, well_known_metadata(resource)?.0)));
    let at = |place: &str| {
        let asked = |attempt: &&Attempt| attempt.way != Way::Challenge && is_same(attempt.url(), place);
        found.attempts.iter().find(asked)
    };
    let looked: Vec<_> = places.filter_map(|(resource, place)| Some((resource.to_owned(), at(&place)?))).collect();
    let best = looked.iter().find(|(_, attempt)| attempt.document().is_some()).or(looked.first());
    match best {
        Some((resource, attempt)) => {
            let judged = is_document(attempt);
            let actual = format!("the metadata names the resource {resource}; {}", judged.actual);
            Finding { actual, ..judged }
        }
        None => {
            let reason = "the metadata names no resource on this host that clients of the endpoint would look for; see \
                          RS-PRM-04, RS-PRM-05 and RS-PRM-06";
            Finding::not_applicable(expected, reason, found.numbers())
        }
    }
}

/// A successful metadata response is `application/json` (RFC 9728 §3.2). What is no JSON object is no metadata, which other
/// rules tell.
#[must_use]
pub(crate) fn is_typed_json(found: &Discovered) -> Vec<Finding> {
    let expected = "HTTP 200 with content type application/json";
    let judge = |(attempt, _): &(&Attempt, Map<String, Value>)| {
        let typed = attempt.exchange.response().and_then(crate::wire::Response::media_type);
        let actual = match &typed {
            Some(typed) => format!("{}: content type {typed}", attempt.shown()),
            None => format!("{}: no content type", attempt.shown()),
        };
        Finding::of(typed.as_deref() == Some("application/json"), expected, actual, attempt.numbers())
    };
    or_nothing_found(found.own().iter().map(judge).collect(), expected, found)
}

/// Judges every document that is about the endpoint; without any the rule does not apply.
#[must_use]
pub(crate) fn each_document(
    found: &Discovered,
    expected: &str,
    flaw: impl Fn(&Attempt, &Map<String, Value>) -> Option<String>,
) -> Vec<Finding> {
    let judge = |(attempt, document): &(&Attempt, Map<String, Value>)| {
        let flaw = flaw(attempt, document);
        let actual = flaw.clone().unwrap_or_else(|| "so it is".to_owned());
        Finding::of(flaw.is_none(), expected, format!("{}: {actual}", attempt.way.as_str()), attempt.numbers())
    };
    or_nothing_found(found.own().iter().map(judge).collect(), expected, found)
}

/// The same for documents that have something to judge; where none has, the rule does not apply.
#[must_use]
pub(crate) fn each_document_with(
    found: &Discovered,
    expected: &str,
    has: impl Fn(&Map<String, Value>) -> bool,
    flaw: impl Fn(&Map<String, Value>) -> Option<String>,
) -> Vec<Finding> {
    let own = found.own();
    if own.is_empty() || own.iter().any(|(_, document)| has(document)) {
        return each_document(found, expected, |_, document| flaw(document));
    }
    vec![Finding::not_applicable(expected, "no document has such a member", found.numbers())]
}

fn or_nothing_found(findings: Vec<Finding>, expected: &str, found: &Discovered) -> Vec<Finding> {
    if !findings.is_empty() {
        return findings;
    }
    vec![match found.attempts.iter().find(|attempt| is_silent(attempt)) {
        Some(silent) => answer::unanswered(&silent.exchange, expected),
        None => Finding::not_applicable(expected, NOTHING, found.numbers()),
    }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Verdict;
    use crate::wire::{Exchange, Request, Response};
    use rstest::rstest;
    use std::time::Duration;

    const ENDPOINT: &str = "https://h/mcp";
    const SUFFIXED: &str = "https://h/.well-known/oauth-protected-resource/mcp";
    const ROOT: &str = "https://h/.well-known/oauth-protected-resource";
    const BELOW: &str = "https://h/mcp/.well-known/oauth-protected-resource";

    /// An attempt at `url`: a document about this resource, or else a status; 0 is a port at which no program listens.
    fn attempt(way: Way, url: &str, answer: Result<&str, u16>) -> Attempt {
        let of = |status, body: String| {
            Ok(Response { status, headers: http::HeaderMap::new(), body: body.into(), truncated: false })
        };
        let answer = match answer {
            Ok(resource) => of(200, serde_json::json!({ "resource": resource }).to_string()),
            Err(0) => Err(Failure::Connection("refused".to_owned())),
            Err(status) => of(status, String::new()),
        };
        let exchange =
            Exchange { number: 1, request: Request::get("it", url), answer, honest: None, took: Duration::ZERO };
        Attempt { way, identifier: ENDPOINT.to_owned(), redirects: Vec::new(), exchange }
    }

    fn found(named: Option<&str>, attempts: Vec<Attempt>) -> Discovered {
        let named = named.map(str::to_owned);
        Discovered { endpoint: ENDPOINT.to_owned(), named, attempts, astray: None }
    }

    fn nothing(named: Option<&str>) -> Discovered {
        found(named, vec![attempt(Way::PathSuffixed, SUFFIXED, Err(404)), attempt(Way::Root, ROOT, Err(404))])
    }

    #[test]
    fn no_metadata_at_all_is_one_violation() {
        let none = nothing(None);
        assert_eq!(is_published(&none).verdict, Verdict::Violated);
        for other in [some_way_leads_to_it(&none), challenge_leads_to_it(&none), stands_where_its_resource_says(&none)]
        {
            assert_eq!(other.verdict, Verdict::NotApplicable, "{}", other.actual);
        }
        assert_eq!(is_typed_json(&none)[0].verdict, Verdict::NotApplicable);
        assert_eq!(each_document(&none, "x", |_, _| Some("y".to_owned()))[0].verdict, Verdict::NotApplicable);
    }

    #[test]
    fn metadata_behind_the_path_is_published_and_not_found() {
        let below = Some(attempt(Way::Below, BELOW, Ok(ENDPOINT)));
        let astray = Discovered { astray: below, ..nothing(None) };
        assert_eq!(is_published(&astray).verdict, Verdict::Met);
        assert_eq!(some_way_leads_to_it(&astray).verdict, Verdict::Violated);
    }

    #[rstest]
    #[case::relative("/meta", "it is relative, and no absolute URL")]
    #[case::another_scheme("ftp://h/meta", "its scheme is ftp")]
    #[case::this_machine("http://localhost/meta", "it leads each client to its own machine")]
    fn a_link_that_no_client_can_fetch_is_named_as_such(#[case] named: &str, #[case] flaw: &str) {
        let judged = challenge_leads_to_it(&nothing(Some(named)));
        assert_eq!(judged.verdict, Verdict::Violated);
        assert!(judged.actual.contains(named) && judged.actual.contains(flaw), "{}", judged.actual);
        assert!(is_published(&nothing(Some(named))).actual.contains(flaw));
    }

    #[rstest]
    #[case::dead_port("https://i/meta", Err(0), Verdict::Violated)]
    #[case::connection_to_the_server_broke("https://h/meta", Err(0), Verdict::Inconclusive)]
    #[case::not_found("https://h/meta", Err(404), Verdict::Violated)]
    #[case::found("https://h/meta", Ok(ENDPOINT), Verdict::Met)]
    fn a_link_that_leads_nowhere_is_a_fault(
        #[case] named: &str,
        #[case] answer: Result<&str, u16>,
        #[case] expected: Verdict,
    ) {
        let attempts = vec![attempt(Way::Challenge, named, answer), attempt(Way::PathSuffixed, SUFFIXED, Ok(ENDPOINT))];
        assert_eq!(challenge_leads_to_it(&found(Some(named), attempts)).verdict, expected);
    }

    #[rstest]
    #[case::by_the_path(Ok(ENDPOINT), Err(404), Verdict::Met)]
    #[case::only_by_the_challenge(Err(404), Err(404), Verdict::Violated)]
    #[case::at_the_root_for_the_endpoint(Err(404), Ok(ENDPOINT), Verdict::Violated)]
    #[case::at_the_root_for_the_origin(Err(404), Ok("https://h/"), Verdict::Met)]
    fn a_document_stands_where_its_resource_says(
        #[case] suffixed: Result<&str, u16>,
        #[case] root: Result<&str, u16>,
        #[case] expected: Verdict,
    ) {
        let mut attempts = vec![attempt(Way::PathSuffixed, SUFFIXED, suffixed), attempt(Way::Root, ROOT, root)];
        if suffixed.is_err() && root.is_err() {
            attempts.push(attempt(Way::Challenge, "https://h/meta", Ok(ENDPOINT)));
        }
        assert_eq!(stands_where_its_resource_says(&found(None, attempts)).verdict, expected);
    }
}
