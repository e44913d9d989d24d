//! The cookies of a browser: which it keeps, and which go along with a request (RFC 6265bis).
//!
//! What a cookie is for is not known here.

use std::fmt;

use cookie_store::{CookieStore, RawCookie};
use http::HeaderMap;
use http::header::SET_COOKIE;
use url::Url;

use super::site::Site;

/// The cookies of one browser.
#[derive(Clone, Default)]
pub(super) struct Cookies(CookieStore);

impl fmt::Debug for Cookies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cookies", self.0.iter_any().count())
    }
}

impl Cookies {
    /// Takes those of an answer. What is malformed or for another host is dropped, as browsers do.
    pub(super) fn take(&mut self, url: &Url, headers: &HeaderMap) {
        for cookie in headers.get_all(SET_COOKIE) {
            if let Ok(cookie) = cookie.to_str() {
                let _ = self.0.parse(cookie, url);
            }
        }
    }

    /// What stands in the `Cookie` of a request for `url`, empty if there is none.
    pub(super) fn header(&self, url: &Url, from: Site) -> String {
        let cookies = self.0.matches(url).into_iter().filter(|cookie| takes(from, cookie));
        cookies.map(|cookie| format!("{}={}", cookie.name(), cookie.value())).collect::<Vec<_>>().join("; ")
    }

    /// Those that go to `url`, with their values.
    pub(super) fn of(&self, url: &Url) -> Vec<(String, String)> {
        self.0.get_request_values(url).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// The same without one.
    pub(super) fn without(&self, name: &str) -> Self {
        let kept = self.0.iter_any().filter(|cookie| cookie.name() != name).cloned().map(Ok);
        Self(CookieStore::from_cookies::<_, std::convert::Infallible>(kept, true).unwrap_or_default())
    }

    /// The same with another value of one that goes to `url`.
    pub(super) fn with(&self, url: &Url, name: &str, value: &str) -> Self {
        let mut other = self.clone();
        if let Some(cookie) = self.0.iter_any().find(|cookie| cookie.name() == name) {
            let mut cookie = RawCookie::clone(cookie);
            cookie.set_value(value.to_owned());
            let _ = other.0.insert_raw(&cookie, url);
        }
        other
    }
}

/// Whether a cookie goes along with a request that comes from there. One without the attribute counts as one that goes
/// everywhere, as it does for two minutes in some browsers and for ever in others.
fn takes(from: Site, cookie: &RawCookie<'_>) -> bool {
    let (strict, lax) = cookie.same_site().map_or((false, false), |site| (site.is_strict(), site.is_lax()));
    match from {
        Site::Nowhere | Site::Same => true,
        Site::Returning => !strict,
        Site::Foreign => !strict && !lax,
    }
}
