//! One HTTP request with its answer, as a report shows it.
//!
//! Made of what the recorder saw, and only of what the redactor leaves of it. Knows no verdict.

use super::Redactor;
use crate::wire::Exchange;
use serde::{Deserialize, Serialize};

/// An exchange, redacted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeRecord {
    /// The number within the scenario.
    pub number: usize,
    /// What the request is for.
    pub label: String,
    /// The token that it presents, if it presents one, by the words with which it can be asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The method.
    pub method: String,
    /// The URL.
    pub url: String,
    /// The header fields of the request.
    pub request_headers: Vec<(String, String)>,
    /// The content of the request.
    pub request_body: String,
    /// The status; `None` when there is no answer.
    pub status: Option<u16>,
    /// The header fields of the answer.
    pub response_headers: Vec<(String, String)>,
    /// The content of the answer, as far as it is kept.
    pub response_body: String,
    /// Why there is no answer.
    pub failure: Option<String>,
    /// How long the answer took, in milliseconds.
    pub milliseconds: u128,
    /// What came of sending the request before, an attempt each, where the network or a rate limit was in the way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<String>,
    /// Why the answer is probably not the subject's, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edge: Option<String>,
}

impl ExchangeRecord {
    pub(super) fn new(exchange: &Exchange, redactor: &Redactor) -> Self {
        let redacted = redactor.exchange(exchange);
        let request = &redacted.request;
        let response = redacted.answer.as_ref().ok();
        Self {
            number: exchange.number,
            label: request.label(),
            token: request.presented.as_ref().map(|presented| presented.name.words()),
            method: request.method.to_string(),
            url: request.url.clone(),
            request_headers: fields(&request.headers),
            request_body: String::from_utf8_lossy(&request.body).into_owned(),
            status: response.map(|response| response.status),
            response_headers: response.map(|response| fields(&response.headers)).unwrap_or_default(),
            response_body: response
                .map(|response| String::from_utf8_lossy(&response.body).into_owned())
                .unwrap_or_default(),
            failure: redacted.answer.as_ref().err().map(ToString::to_string),
            milliseconds: exchange.took.as_millis(),
            earlier: request.delivery.earlier.iter().map(ToString::to_string).collect(),
            edge: request.delivery.edge.map(|edge| edge.to_string()),
        }
    }
}

fn fields(headers: &http::HeaderMap) -> Vec<(String, String)> {
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect()
}
