//! What a web page of another origin leaves behind.

use crate::wire::Exchange;

/// What a browser was answered on behalf of web pages.
#[derive(Clone)]
pub(super) struct PageSeen {
    /// The origin of a page that may call, as far as anything is declared.
    pub(super) origin: String,
    /// Whether the operator declares that it may.
    pub(super) declared: bool,
    /// The answer to the question whether it may send a request with a token.
    pub(super) preflight: Exchange,
    /// The answer to its request without one.
    pub(super) refusal: Exchange,
    /// The answer to a request without one of an unknown page.
    pub(super) stranger: Exchange,
}
