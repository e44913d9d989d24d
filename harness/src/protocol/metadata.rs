//! Protected resource metadata (RFC 9728) as it was served, by the way that led to it. A reader without opinions.

use super::url::{is_same, origin_of};
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
    /// Below the path of the endpoint, where no client looks.
    Below,
}

impl Way {
    /// The way in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Challenge => "the URL in the challenge",
            Self::PathSuffixed => "the path-suffixed well-known URI",
            Self::Root => "the root well-known URI",
            Self::Below => "a place below the endpoint",
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
    /// The redirects that were followed.
    pub redirects: Vec<Exchange>,
    /// The exchange, the last one where there were redirects.
    pub exchange: Exchange,
}

impl Attempt {
    /// The URL that this way gives.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.redirects.first().unwrap_or(&self.exchange).request.url
    }

    /// Its answer, which is the last one where there were redirects, and the numbers of all exchanges.
    #[must_use]
    pub fn numbers(&self) -> Vec<usize> {
        self.redirects.iter().chain([&self.exchange]).map(|exchange| exchange.number).collect()
    }

    /// The document, when the answer is 200 with a JSON object.
    #[must_use]
    pub fn document(&self) -> Option<Map<String, Value>> {
        let response = self.exchange.response().filter(|response| response.status == 200)?;
        match response.json()? {
            Value::Object(document) => Some(document),
            _ => None,
        }
    }

    /// The attempt in words.
    #[must_use]
    pub fn shown(&self) -> String {
        let answer = match &self.exchange.answer {
            Ok(response) => crate::protocol::reply::shown(response),
            Err(failure) => failure.to_string(),
        };
        let urls: Vec<_> = self.redirects.iter().chain([&self.exchange]).map(|one| one.request.url.as_str()).collect();
        format!("{} ({}): {answer}", self.way.as_str(), urls.join(", redirected to "))
    }
}

/// The documents that are about the endpoint: reached by the challenge or by the path, or naming it. A document at the root
/// that names the origin is about the endpoint where there is no other; one that names another path of the host is a
/// neighbour's.
#[must_use]
pub fn own_documents<'a>(attempts: &'a [Attempt], endpoint: &str) -> Vec<(&'a Attempt, Map<String, Value>)> {
    let found = || attempts.iter().filter_map(|attempt| Some((attempt, attempt.document()?)));
    let others = found().any(|(attempt, _)| attempt.way != Way::Root);
    let is_own =
        |attempt: &Attempt, document: &Map<String, Value>| match document.get("resource").and_then(Value::as_str) {
            _ if attempt.way != Way::Root => true,
            Some(resource) if resource.trim_end_matches('/') == endpoint.trim_end_matches('/') => true,
            Some(resource) => !others && !is_a_neighbour(resource, endpoint),
            None => !others,
        };
    found().filter(|(attempt, document)| is_own(attempt, document)).collect()
}

/// Whether a resource is on the host of the endpoint, and neither it nor the host as a whole.
#[must_use]
pub fn is_a_neighbour(resource: &str, endpoint: &str) -> bool {
    let origin = origin_of(endpoint).unwrap_or_default();
    origin_of(resource) == Some(origin)
        && !is_same(resource, origin)
        && resource.trim_end_matches('/') != endpoint.trim_end_matches('/')
}

/// The issuers that a document names.
#[must_use]
pub fn issuers(document: &Map<String, Value>) -> Vec<&str> {
    let entries = document.get("authorization_servers").and_then(Value::as_array);
    entries.into_iter().flatten().filter_map(Value::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Request, Response};
    use rstest::rstest;
    use std::time::Duration;

    const ENDPOINT: &str = "https://h/mcp";

    fn found(way: Way, resource: Option<&str>) -> Attempt {
        let body =
            resource.map_or_else(String::new, |resource| serde_json::json!({ "resource": resource }).to_string());
        let status = if resource.is_some() { 200 } else { 404 };
        let answer = Ok(Response { status, headers: http::HeaderMap::new(), body: body.into(), truncated: false });
        let request = Request::get("metadata", "https://h/x");
        let exchange = Exchange { number: 1, request, answer, honest: None, took: Duration::ZERO };
        Attempt { way, identifier: ENDPOINT.to_owned(), redirects: Vec::new(), exchange }
    }

    #[rstest]
    #[case::the_endpoints_at_the_root(None, "https://h/mcp", 1)]
    #[case::the_origins_where_there_is_no_other(None, "https://h/", 1)]
    #[case::a_neighbours(None, "https://h/api", 0)]
    #[case::of_another_host(None, "https://i/mcp", 1)]
    #[case::the_origins_beside_the_endpoints(Some("https://h/mcp"), "https://h/", 1)]
    #[case::the_same_twice(Some("https://h/mcp"), "https://h/mcp", 2)]
    #[case::any_by_the_path(Some("https://h/api"), "https://h/", 1)]
    fn a_document_at_the_root_may_be_about_something_else(
        #[case] suffixed: Option<&str>,
        #[case] root: &str,
        #[case] expected: usize,
    ) {
        let attempts = [found(Way::PathSuffixed, suffixed), found(Way::Root, Some(root))];
        assert_eq!(own_documents(&attempts, ENDPOINT).len(), expected);
    }
}
