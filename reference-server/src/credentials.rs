//! Which credentials a request carries (RFC 6750 section 2.1, OAuth 2.1 section 5.1.1).
//!
//! Only the `Authorization` header field is looked at. A token in the query or in a form body is not a credential here
//! and changes nothing: OAuth 2.1 removed the query form and has resource servers ignore it.

use std::fmt;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

/// The longest access token that is looked at, in bytes. Cognito's are about one kilobyte.
pub const MAX_TOKEN_LENGTH: usize = 16 * 1024;

/// What the `Authorization` header field of a request holds.
#[derive(Debug, PartialEq, Eq)]
pub enum Credentials<'a> {
    /// No credentials this server could use: no header field, or another scheme than Bearer.
    Absent,
    /// A string that may be an access token.
    Bearer(BearerToken<'a>),
}

/// A presented token of the right alphabet and length; nothing is known about its worth.
#[derive(PartialEq, Eq, Clone, Copy)]
pub struct BearerToken<'a>(&'a str);

impl<'a> BearerToken<'a> {
    /// Reads a string of the `token68` alphabet (RFC 9110 section 11.2).
    ///
    /// # Errors
    ///
    /// When it is empty, too long or holds other characters.
    pub fn parse(token: &'a str) -> Result<Self, Malformed> {
        let body = token.trim_end_matches('=');
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
        if token.is_empty() {
            Err(Malformed::TokenMissing)
        } else if token.len() > MAX_TOKEN_LENGTH {
            Err(Malformed::TokenTooLong)
        } else if body.is_empty() || !body.bytes().all(allowed) {
            Err(Malformed::NotAToken)
        } else {
            Ok(Self(token))
        }
    }

    /// The token itself. It is a secret: never log it, never send it anywhere.
    pub(crate) fn expose(self) -> &'a str {
        self.0
    }
}

impl fmt::Debug for BearerToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerToken(redacted)")
    }
}

/// Why a request with credentials is no well-formed authorization request; answered with 400 `invalid_request`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Two or more `Authorization` header fields.
    #[error("More than one Authorization header field")]
    SeveralHeaders,
    /// The header field is empty or does not begin with the name of a scheme.
    #[error("The Authorization header field names no scheme")]
    SchemeMissing,
    /// `Bearer` with nothing behind it.
    #[error("No token follows the Bearer scheme")]
    TokenMissing,
    /// The token is longer than [`MAX_TOKEN_LENGTH`].
    #[error("The token is too long")]
    TokenTooLong,
    /// More than one word, or characters that no bearer token has.
    #[error("What follows the Bearer scheme is not one token")]
    NotAToken,
}

impl<'a> Credentials<'a> {
    /// Reads the credentials from the header fields of a request.
    ///
    /// The scheme compares without regard to case, and one or more spaces may follow it (RFC 9110 section 11.4).
    ///
    /// # Errors
    ///
    /// When the header field says `Bearer` but is not well-formed, or occurs more than once.
    pub fn from_headers(headers: &'a HeaderMap) -> Result<Self, Malformed> {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let Some(value) = values.next() else { return Ok(Self::Absent) };
        if values.next().is_some() {
            return Err(Malformed::SeveralHeaders);
        }
        let (scheme, rest) = split_at_space(value.as_bytes());
        if scheme.is_empty() || !scheme.iter().all(u8::is_ascii_graphic) {
            return Err(Malformed::SchemeMissing);
        }
        if !scheme.eq_ignore_ascii_case(b"bearer") {
            return Ok(Self::Absent);
        }
        let token = std::str::from_utf8(rest).map_err(|_| Malformed::NotAToken)?;
        BearerToken::parse(token.trim_matches(' ')).map(Self::Bearer)
    }
}

fn split_at_space(value: &[u8]) -> (&[u8], &[u8]) {
    let end = value.iter().position(|byte| *byte == b' ').unwrap_or(value.len());
    value.split_at(end)
}
