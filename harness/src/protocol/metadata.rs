//! Protected resource metadata (RFC 9728) as it was served, by the way that led to it. A reader without opinions.

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

    /// The attempt in words.
    #[must_use]
    pub fn shown(&self) -> String {
        let answer = match &self.exchange.answer {
            Ok(response) => crate::protocol::reply::shown(response),
            Err(failure) => failure.to_string(),
        };
        format!("{} ({}): {answer}", self.way.as_str(), self.exchange.request.url)
    }
}

/// The issuers that a document names.
#[must_use]
pub fn issuers(document: &Map<String, Value>) -> Vec<&str> {
    let entries = document.get("authorization_servers").and_then(Value::as_array);
    entries.into_iter().flatten().filter_map(Value::as_str).collect()
}
