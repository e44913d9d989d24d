//! Protected resource metadata (RFC 9728) as it was served, by the way that led to it.

use super::{Finding, url as urls};
use crate::wire::Exchange;
use serde_json::{Map, Value};

/// The way that led to a document; it decides what `resource` must be (RFC 9728 §3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The `resource_metadata` parameter of the challenge.
    Challenge,
    /// The well-known URI with the path of the endpoint behind it.
    PathSuffixed,
    /// The well-known URI at the root, for an endpoint that has a path.
    Root,
}

impl Way {
    /// The way in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Challenge => "the URL in the challenge",
            Self::PathSuffixed => "the path-suffixed well-known URI",
            Self::Root => "the root well-known URI",
        }
    }
}

/// An attempt to read the metadata.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Where the URL came from.
    pub way: Way,
    /// The identifier that `resource` must equal when the document is found by this way.
    pub identifier: String,
    /// The exchange.
    pub exchange: Exchange,
}

impl Attempt {
    /// The document, when the answer is 200 with a JSON object.
    #[must_use]
    pub fn document(&self) -> Option<Map<String, Value>> {
        let response = self.exchange.response().filter(|response| response.status == 200)?;
        match response.json()? {
            Value::Object(document) => Some(document),
            _ => None,
        }
    }

    fn shown(&self) -> String {
        let answer = match &self.exchange.answer {
            Ok(response) => super::answer::shown(response),
            Err(failure) => failure.to_string(),
        };
        format!("{} ({}): {answer}", self.way.as_str(), self.exchange.request.url)
    }
}

/// Some way leads to a document without credentials.
#[must_use]
pub fn some_document(attempts: &[Attempt]) -> Finding {
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
pub fn is_document(attempt: &Attempt) -> Finding {
    let expected = format!("a JSON object with HTTP 200 at {}", attempt.way.as_str());
    if attempt.exchange.response().is_none() {
        return super::answer::unanswered(&attempt.exchange, &expected);
    }
    Finding::check(attempt.document().is_some(), expected, attempt.shown(), &attempt.exchange)
}

/// A successful metadata response is `application/json` (RFC 9728 §3.2).
///
/// A page with status 200 at a well-known URI is a metadata response only when nothing better was found: a site may
/// serve pages where it serves no metadata.
#[must_use]
pub fn is_typed_json(attempts: &[Attempt]) -> Vec<Finding> {
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
pub fn each_document(
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

fn or_nothing_found(findings: Vec<Finding>, expected: &str, attempts: &[Attempt]) -> Vec<Finding> {
    if !findings.is_empty() {
        return findings;
    }
    let evidence = attempts.iter().map(|attempt| attempt.exchange.number).collect();
    vec![Finding::inconclusive(expected, "no metadata document was found", evidence)]
}

/// `authorization_servers` is an array with at least one string.
#[must_use]
pub fn authorization_servers_flaw(document: &Map<String, Value>) -> Option<String> {
    match document.get("authorization_servers") {
        None => Some("authorization_servers is missing".to_owned()),
        Some(Value::Array(entries)) if entries.is_empty() => Some("authorization_servers is empty".to_owned()),
        Some(Value::Array(entries)) if entries.iter().all(Value::is_string) => None,
        Some(other) => Some(format!("authorization_servers is {other}")),
    }
}

/// `resource` is a resource identifier (RFC 9728 §1.2).
#[must_use]
pub fn resource_flaw(document: &Map<String, Value>) -> Option<String> {
    match document.get("resource") {
        None => Some("resource is missing".to_owned()),
        Some(Value::String(text)) => {
            urls::resource_identifier_flaw(text).map(|flaw| format!("resource is {text}: {flaw}"))
        }
        Some(other) => Some(format!("resource is {other}")),
    }
}

/// `resource` equals `identifier`, code point by code point.
#[must_use]
pub fn resource_difference(document: &Map<String, Value>, identifier: &str) -> Option<String> {
    let resource = document.get("resource").and_then(Value::as_str)?;
    (resource != identifier).then(|| format!("resource is {resource}, the document was found for {identifier}"))
}

/// `resource` has no query.
#[must_use]
pub fn resource_query(document: &Map<String, Value>) -> Option<String> {
    let resource = document.get("resource").and_then(Value::as_str)?;
    resource.contains('?').then(|| format!("resource is {resource}"))
}
