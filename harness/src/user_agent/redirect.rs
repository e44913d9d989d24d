//! Redirects: where an answer sends the browser (RFC 9110 §10.2.2 and §15.4).
//!
//! Follows none; whether a target is one to go to is for the module that follows.

use http::HeaderMap;
use http::header::LOCATION;
use url::Url;

/// How many redirects in a row are followed, as in browsers.
pub const REDIRECT_LIMIT: usize = 20;

/// Why a redirect leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedirectError {
    /// It does not say where.
    #[error("it has no Location")]
    NoLocation,
    /// It says so in bytes that are no text.
    #[error("its Location is not text")]
    NotText,
    /// It says something else.
    #[error("its Location is not a URL")]
    NotUrl,
}

/// Where the answer of `url` with these header fields leads; of several fields the first counts.
///
/// # Errors
/// When it leads nowhere.
pub fn redirect_target(url: &Url, headers: &HeaderMap) -> Result<Url, RedirectError> {
    let location = headers.get(LOCATION).ok_or(RedirectError::NoLocation)?;
    let location = std::str::from_utf8(location.as_bytes()).map_err(|_| RedirectError::NotText)?;
    url.join(location).map_err(|_| RedirectError::NotUrl)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use http::HeaderValue;
    use rstest::rstest;

    #[rstest]
    #[case(b"/login?a=b", Ok("https://as.example/login?a=b"))]
    #[case(b"https://other.example/", Ok("https://other.example/"))]
    #[case(b"app:/callback", Ok("app:/callback"))]
    #[case("/caf\u{e9}".as_bytes(), Ok("https://as.example/caf%C3%A9"))]
    #[case(b"/caf\xe9", Err(RedirectError::NotText))]
    #[case(b"https://", Err(RedirectError::NotUrl))]
    fn leads_where_its_location_says(#[case] location: &[u8], #[case] expected: Result<&str, RedirectError>) {
        let url = Url::parse("https://as.example/authorize").unwrap();
        let headers = HeaderMap::from_iter([(LOCATION, HeaderValue::from_bytes(location).unwrap())]);
        assert_eq!(redirect_target(&url, &headers).map(|url| url.to_string()), expected.map(str::to_owned));
        assert_eq!(redirect_target(&url, &HeaderMap::new()), Err(RedirectError::NoLocation));
    }
}
