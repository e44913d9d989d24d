//! One request and one answer.

use super::{Delivery, Purpose};
use crate::token_name::TokenName;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use secrecy::SecretString;
use std::fmt;

/// How much of an answer is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// The whole body, or an event stream up to its first JSON-RPC answer.
    Answer,
    /// Status and header fields only; for streams that stay open.
    Head,
    /// What comes until nothing more comes for a moment; for streams that stay open and may have something to replay.
    Briefly,
}

/// The token that a request presents, with the name the feature files give it.
#[derive(Clone)]
pub struct Presented {
    /// What the token is.
    pub name: TokenName,
    /// The token itself.
    pub token: SecretString,
}

impl fmt::Debug for Presented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Presented({})", self.name)
    }
}

/// A request as it was, or is to be, sent.
#[derive(Clone, Debug)]
pub struct Request {
    /// What the request is for.
    pub purpose: Purpose,
    /// The method.
    pub method: Method,
    /// The URL, byte for byte.
    pub url: String,
    /// The header fields, in order.
    pub headers: HeaderMap,
    /// The content.
    pub body: Bytes,
    /// How much of the answer is waited for.
    pub reading: Reading,
    /// The token it presents, wherever in the request that is.
    pub presented: Option<Presented>,
    /// Whether the credentials in it, but for the token that it presents, were made up by the harness. They protect
    /// nothing, so reports show them.
    pub made_up: bool,
    /// How it came to its answer, once it was sent.
    pub delivery: Delivery,
}

impl Request {
    /// A request without header fields and content.
    #[must_use]
    pub fn new(purpose: impl Into<Purpose>, method: Method, url: impl Into<String>) -> Self {
        Self {
            purpose: purpose.into(),
            method,
            url: url.into(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            reading: Reading::Answer,
            presented: None,
            made_up: false,
            delivery: Delivery::default(),
        }
    }

    /// A GET without credentials.
    #[must_use]
    pub fn get(purpose: impl Into<Purpose>, url: impl Into<String>) -> Self {
        Self::new(purpose, Method::GET, url)
    }

    /// What the request is for, in the words of the feature files.
    #[must_use]
    pub fn label(&self) -> String {
        self.purpose.to_string()
    }

    /// Adds a header field; other fields of the name stay.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }

    /// Sets the content.
    #[must_use]
    pub fn content(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// The query parameters named `name`, decoded.
    #[must_use]
    pub fn query(&self, name: &str) -> Vec<String> {
        let Ok(url) = url::Url::parse(&self.url) else { return Vec::new() };
        url.query_pairs().filter(|(key, _)| key == name).map(|(_, value)| value.into_owned()).collect()
    }

    /// The form fields named `name` in the content, decoded.
    #[must_use]
    pub fn form(&self, name: &str) -> Vec<String> {
        url::form_urlencoded::parse(&self.body)
            .filter(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
            .collect()
    }

    /// The cookies, by name and value.
    #[must_use]
    pub fn cookies(&self) -> Vec<(String, String)> {
        let fields = self.headers.get_all(http::header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let pairs = fields.flat_map(|field| field.split("; ")).filter_map(|pair| pair.split_once('='));
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// The value of the cookie named `name`.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies().into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// The path of the URL; empty when the URL is none.
    #[must_use]
    pub fn path(&self) -> String {
        url::Url::parse(&self.url).map(|url| url.path().to_owned()).unwrap_or_default()
    }
}

/// An answer as it was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The header fields, in order.
    pub headers: HeaderMap,
    /// The content, as far as it was read.
    pub body: Bytes,
    /// Whether there was more content than was read.
    pub truncated: bool,
}

impl Response {
    /// The media type in lower case, without parameters.
    #[must_use]
    pub fn media_type(&self) -> Option<String> {
        let value = self.headers.get(http::header::CONTENT_TYPE)?.to_str().ok()?;
        Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
    }

    /// The content as JSON, if it is JSON.
    #[must_use]
    pub fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// All values of a header field, as text; bytes that are no text are replaced.
    #[must_use]
    pub fn header_values(&self, name: &HeaderName) -> Vec<String> {
        self.headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect()
    }

    /// Whether the request was put off: 429 (RFC 6585 §4) or 503 (RFC 9110 §15.6.4), too many requests or unavailable for a
    /// while; or an answer by which a gateway says that it got none from the server behind it: 502, 504 (RFC 9110
    /// §§15.6.3 and 15.6.5), and 520 to 529, which content delivery networks use for the same.
    #[must_use]
    pub fn is_put_off(&self) -> bool {
        matches!(self.status, 429 | 502 | 503 | 504 | 520..=529)
    }

    /// Whether the status says success.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}
