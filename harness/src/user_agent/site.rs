//! From where a browser comes to a request.
//!
//! Names only; which cookies and header fields follow from it is decided where requests are made.

/// From where a browser comes to a request, which decides about cookies (RFC 6265bis §5.6.7.1) and header fields (Fetch
/// Metadata Request Headers, `Sec-Fetch-Site`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Site {
    /// The user opened the URL, or an application did.
    Nowhere,
    /// A page of the same origin.
    Same,
    /// A redirect or a link of another site.
    Returning,
    /// A form on another site that sends itself.
    Foreign,
}

impl Site {
    /// The value of `Sec-Fetch-Site`.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Nowhere => "none",
            Self::Same => "same-origin",
            Self::Returning | Self::Foreign => "cross-site",
        }
    }
}
