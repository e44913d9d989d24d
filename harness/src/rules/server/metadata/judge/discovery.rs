//! Whether the ways lead to a document, and how each document is judged.

use crate::findings::{Finding, answer};
use crate::protocol::metadata::{Attempt, Way};
use serde_json::{Map, Value};

/// Some way leads to a document without credentials.
#[must_use]
pub(crate) fn some_document(attempts: &[Attempt]) -> Finding {
    let expected = "a JSON object with HTTP 200 at the challenge's URL or a well-known URI";
    let found = attempts.iter().any(|attempt| attempt.document().is_some());
    let actual = attempts.iter().map(Attempt::shown).collect::<Vec<_>>().join("; ");
    let evidence = attempts.iter().map(|attempt| attempt.exchange.number).collect();
    if !found && attempts.iter().any(|attempt| attempt.exchange.response().is_none()) {
        return Finding::inconclusive(expected, actual, evidence);
    }
    Finding::of(found, expected, actual, evidence)
}

/// The way leads to a document.
#[must_use]
pub(crate) fn is_document(attempt: &Attempt) -> Finding {
    let expected = format!("a JSON object with HTTP 200 at {}", attempt.way.as_str());
    if attempt.exchange.response().is_none() {
        return answer::unanswered(&attempt.exchange, &expected);
    }
    Finding::check(attempt.document().is_some(), expected, attempt.shown(), &attempt.exchange)
}

/// The URL in the challenge leads to a document, where there is one.
#[must_use]
pub(crate) fn challenge_leads_to_it(attempts: &[Attempt]) -> Finding {
    match attempts.iter().find(|attempt| attempt.way == Way::Challenge) {
        Some(attempt) => is_document(attempt),
        None => {
            let reason = "the challenge names no URL that could be followed";
            Finding::not_applicable("resource_metadata leads to the metadata", reason, Vec::new())
        }
    }
}

/// A successful metadata response is `application/json` (RFC 9728 §3.2).
///
/// A page with status 200 at a well-known URI is a metadata response only when nothing better was found: a site may
/// serve pages where it serves no metadata.
#[must_use]
pub(crate) fn is_typed_json(attempts: &[Attempt]) -> Vec<Finding> {
    let expected = "HTTP 200 with content type application/json";
    let some_document = attempts.iter().any(|attempt| attempt.document().is_some());
    let judged = attempts.iter().filter(|attempt| {
        let succeeds = attempt.exchange.response().is_some_and(|response| response.is_success());
        succeeds && (attempt.document().is_some() || attempt.way == Way::Challenge || !some_document)
    });
    let findings: Vec<_> = judged
        .filter_map(|attempt| {
            let response = attempt.exchange.response()?;
            let typed = response.status == 200 && response.media_type().as_deref() == Some("application/json");
            Some(Finding::check(typed, expected, attempt.shown(), &attempt.exchange))
        })
        .collect();
    or_nothing_found(findings, expected, attempts)
}

/// Judges every document that was found; without any it is inconclusive.
#[must_use]
pub(crate) fn each_document(
    attempts: &[Attempt],
    expected: &str,
    flaw: impl Fn(&Attempt, &Map<String, Value>) -> Option<String>,
) -> Vec<Finding> {
    let findings = attempts
        .iter()
        .filter_map(|attempt| {
            let document = attempt.document()?;
            let flaw = flaw(attempt, &document);
            let actual = flaw.clone().unwrap_or_else(|| "so it is".to_owned());
            let actual = format!("{}: {actual}", attempt.way.as_str());
            Some(Finding::check(flaw.is_none(), expected, actual, &attempt.exchange))
        })
        .collect();
    or_nothing_found(findings, expected, attempts)
}

/// The same for documents that have something to judge; where none has, the rule does not apply.
#[must_use]
pub(crate) fn each_document_with(
    attempts: &[Attempt],
    expected: &str,
    has: impl Fn(&Map<String, Value>) -> bool,
    flaw: impl Fn(&Map<String, Value>) -> Option<String>,
) -> Vec<Finding> {
    let documents: Vec<_> = attempts.iter().filter_map(|attempt| Some((attempt, attempt.document()?))).collect();
    if documents.is_empty() || documents.iter().any(|(_, document)| has(document)) {
        return each_document(attempts, expected, |_, document| flaw(document));
    }
    let evidence = documents.iter().map(|(attempt, _)| attempt.exchange.number).collect();
    vec![Finding::not_applicable(expected, "no document has such a member", evidence)]
}

fn or_nothing_found(findings: Vec<Finding>, expected: &str, attempts: &[Attempt]) -> Vec<Finding> {
    if !findings.is_empty() {
        return findings;
    }
    let evidence = attempts.iter().map(|attempt| attempt.exchange.number).collect();
    vec![Finding::inconclusive(expected, "no metadata document was found", evidence)]
}
