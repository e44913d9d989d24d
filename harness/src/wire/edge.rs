//! Answers that were probably made before the subject, by a firewall, a gateway or a content delivery network.
//!
//! One such answer by itself cannot be told from one of the subject. What tells is how it comes: the same request is
//! answered otherwise when it is repeated, or a request that the subject is bound to accept is answered like one that it
//! is bound to refuse. So answers of this look are repeated, and what they look like is remembered.

use super::{Edge, Request, Response};
use http::HeaderValue;
use http::header::{ACCEPT, SERVER, WWW_AUTHENTICATE};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How much of the content is compared.
const COMPARED: usize = 1 << 10;

/// What an answer looks like, without what differs from one to the next: numbers, and the identifiers of requests.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Look {
    status: u16,
    media_type: Option<String>,
    server: Vec<String>,
    words: Vec<String>,
}

/// What is known of a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    /// Repeating such a request changes nothing, so that it may well be the subject's.
    Steady,
    /// It is an edge's.
    Edge(Edge),
}

/// The looks that were seen, of one subject.
#[derive(Debug, Default)]
pub(super) struct Edges(Mutex<HashMap<Look, Known>>);

impl Look {
    /// The look of an answer to `request` that may be an edge's: a refusal as a page or as plain text to a program, which
    /// did not ask for a page, without a challenge.
    pub(super) fn of(request: &Request, response: &Response) -> Option<Self> {
        let media_type = response.media_type();
        let is_refusal = matches!(response.status, 400 | 403 | 406 | 409 | 418 | 451 | 501);
        let is_text = matches!(media_type.as_deref(), Some("text/html" | "text/plain") | None);
        let asks_for_page = |accept: &HeaderValue| accept.to_str().is_ok_and(|accept| accept.contains("text/html"));
        let is_of_program = !request.headers.get_all(ACCEPT).iter().any(asks_for_page);
        let is_json = response.json().is_some_and(|content| content.is_object());
        let is_bare = !is_json && !response.headers.contains_key(WWW_AUTHENTICATE);
        (is_refusal && is_text && is_of_program && is_bare).then(|| Self {
            status: response.status,
            media_type,
            server: response.header_values(&SERVER),
            words: words(&response.body),
        })
    }
}

/// The words of a text that hold nothing but letters.
fn words(body: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(&body[..body.len().min(COMPARED)]).into_owned();
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| !word.is_empty() && word.chars().all(char::is_alphabetic)).map(str::to_owned).collect()
}

impl Edges {
    /// Why an answer of this look is an edge's, if that is known.
    pub(super) fn edge(&self, look: &Look) -> Option<Edge> {
        match self.lock().get(look) {
            Some(Known::Edge(edge)) => Some(*edge),
            _ => None,
        }
    }

    /// Whether it is worth the while to repeat a request that was answered by this look.
    pub(super) fn is_to_repeat(&self, look: &Look) -> bool {
        !matches!(self.lock().get(look), Some(Known::Steady | Known::Edge(Edge::Regardless)))
    }

    /// Takes note of a request that was answered by this look however often it was sent.
    pub(super) fn is_steady(&self, look: Look) {
        self.lock().entry(look).or_insert(Known::Steady);
    }

    /// Takes note that an answer of this look is an edge's.
    pub(super) fn is_edge(&self, look: Look, edge: Edge) {
        self.lock().insert(look, Known::Edge(edge));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Look, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use http::header::CONTENT_TYPE;
    use http::{HeaderMap, HeaderName};
    use rstest::rstest;

    fn asked() -> Request {
        Request::get("it", "http://h/").header(ACCEPT, HeaderValue::from_static("application/json, text/event-stream"))
    }

    fn answered(status: u16, fields: &[(HeaderName, &'static str)], body: &'static str) -> Response {
        let fields = fields.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
        let headers: HeaderMap = fields.collect();
        Response { status, headers, body: body.into(), truncated: false }
    }

    #[rstest]
    #[case::page(403, &[(CONTENT_TYPE, "text/html; charset=utf-8")], "<h1>Forbidden</h1>", true)]
    #[case::plain(403, &[(CONTENT_TYPE, "text/plain")], "Your request was blocked.", true)]
    #[case::of_no_type(403, &[], "", true)]
    #[case::with_a_challenge(403, &[(CONTENT_TYPE, "text/plain"), (WWW_AUTHENTICATE, "Bearer")], "no", false)]
    #[case::json(403, &[(CONTENT_TYPE, "application/json")], "{}", false)]
    #[case::json_under_another_name(403, &[(CONTENT_TYPE, "text/plain")], r#"{"jsonrpc":"2.0"}"#, false)]
    #[case::unauthorized(401, &[(CONTENT_TYPE, "text/plain")], "Unauthorized", false)]
    #[case::failure(500, &[(CONTENT_TYPE, "text/html")], "<h1>Internal Server Error</h1>", false)]
    fn a_refusal_in_another_language_may_be_an_edges(
        #[case] status: u16,
        #[case] fields: &[(HeaderName, &'static str)],
        #[case] body: &'static str,
        #[case] expected: bool,
    ) {
        assert_eq!(Look::of(&asked(), &answered(status, fields, body)).is_some(), expected);
    }

    #[test]
    fn who_asks_for_a_page_may_be_answered_by_one() {
        let page = answered(403, &[(CONTENT_TYPE, "text/html")], "<h1>Forbidden</h1>");
        let browser = Request::get("it", "http://h/").header(ACCEPT, HeaderValue::from_static("text/html,*/*;q=0.8"));
        assert_eq!(Look::of(&browser, &page), None);
        assert!(Look::of(&Request::get("it", "http://h/"), &page).is_some());
    }

    #[test]
    fn what_differs_from_one_answer_to_the_next_does_not_count() {
        let one = answered(403, &[], "<p>Blocked. Ray 8f3a12 at 12:03</p>");
        let other = answered(403, &[], "<p>Blocked. Ray 77c01b at 12:04</p>");
        let of = |response| Look::of(&asked(), response).unwrap();
        assert_eq!(of(&one), of(&other));
        assert_ne!(of(&one), of(&answered(403, &[], "<p>Forbidden</p>")));
    }

    #[test]
    fn what_an_edge_answers_is_remembered() {
        let look = Look::of(&asked(), &answered(403, &[], "blocked")).unwrap();
        let edges = Edges::default();
        assert!(edges.is_to_repeat(&look) && edges.edge(&look).is_none());
        edges.is_steady(look.clone());
        assert!(!edges.is_to_repeat(&look) && edges.edge(&look).is_none());
        edges.is_edge(look.clone(), Edge::Intermittent);
        assert!(edges.is_to_repeat(&look));
        assert_eq!(edges.edge(&look), Some(Edge::Intermittent));
    }
}
