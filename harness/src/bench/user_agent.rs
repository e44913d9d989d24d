//! A browser without a window: it keeps cookies, and says of each request where it comes from, as browsers do.
//!
//! It makes requests and takes answers; sending them and following redirects is the matter of whoever has a server.

use crate::declared::Account;
use crate::judge::page::{Button, Form};
use crate::wire::{Request, Response};
use cookie_store::{CookieStore, RawCookie};
use http::header::{ACCEPT, CONTENT_TYPE, COOKIE, ORIGIN, SET_COOKIE};
use http::{HeaderName, HeaderValue, Method};
use secrecy::{ExposeSecret as _, SecretString};
use std::fmt;
use url::Url;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The origin of the page that means no good.
const FOREIGN: &str = "https://evil.example";

/// From where a browser comes to a request, which decides about cookies (RFC 6265bis §5.6.7.1) and header fields.
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
    const fn as_str(self) -> &'static str {
        match self {
            Self::Nowhere => "none",
            Self::Same => "same-origin",
            Self::Returning | Self::Foreign => "cross-site",
        }
    }

    /// Whether a cookie goes along. One without the attribute counts as one that goes everywhere, as it does for two
    /// minutes in some browsers and for ever in others.
    fn takes(self, cookie: &RawCookie<'_>) -> bool {
        let (strict, lax) = cookie.same_site().map_or((false, false), |site| (site.is_strict(), site.is_lax()));
        match self {
            Self::Nowhere | Self::Same => true,
            Self::Returning => !strict,
            Self::Foreign => !strict && !lax,
        }
    }
}

/// A name and a password that a user types.
#[derive(Clone)]
pub struct Typed {
    /// The name.
    pub username: String,
    /// The password.
    pub password: SecretString,
}

/// A browser of one user.
#[derive(Clone, Default)]
pub struct UserAgent {
    jar: CookieStore,
    /// What its user types where a page asks for it.
    pub typed: Option<Typed>,
}

impl fmt::Debug for UserAgent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserAgent with {} cookies", self.jar.iter_any().count())
    }
}

impl UserAgent {
    /// The browser of somebody who can log in; of nobody, and of somebody whose password is not at hand, it can not.
    #[must_use]
    pub fn of(account: Option<&Account>) -> Self {
        let typed = account.and_then(|account| {
            let password = std::env::var(account.password_env.as_deref()?).ok()?;
            Some(Typed { username: account.username.clone()?, password: SecretString::from(password) })
        });
        Self { jar: CookieStore::default(), typed }
    }

    /// A request for a page.
    #[must_use]
    pub fn open(&self, tried: &str, url: &Url, from: Site) -> Request {
        self.dressed(Request::get(tried, url.as_str()), url, from)
    }

    /// A form of the page at `page`, sent by one of its buttons.
    ///
    /// # Errors
    /// When its action is no URL.
    pub fn press(
        &self,
        tried: &str,
        page: &Url,
        form: &Form,
        button: Option<&Button>,
        from: Site,
    ) -> Result<Request, String> {
        let mut url = match &form.action {
            Some(action) => page.join(action).map_err(|_| format!("the form has the action `{action}`"))?,
            None => page.clone(),
        };
        let mut fields = form.fields.clone();
        fields.extend(button.and_then(|button| button.field.clone()));
        if let Some(typed) = &self.typed {
            let (name, password) = (typed.username.clone(), typed.password.expose_secret().to_owned());
            fields.extend(form.asks.text.iter().map(|field| (field.clone(), name.clone())));
            fields.extend(form.asks.password.iter().map(|field| (field.clone(), password.clone())));
        }
        if !form.post {
            url.query_pairs_mut().clear().extend_pairs(fields);
            // A foreign site can open a URL as a link does, and then more cookies go along.
            let from = if from == Site::Foreign { Site::Returning } else { from };
            return Ok(self.open(tried, &url, from));
        }
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::new(tried, Method::POST, url.as_str())
            .header(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"))
            .content(body);
        let origin = if from == Site::Foreign { FOREIGN.to_owned() } else { url.origin().ascii_serialization() };
        let request = match HeaderValue::from_str(&origin) {
            Ok(origin) => request.header(ORIGIN, origin),
            Err(_) => request,
        };
        Ok(self.dressed(request, &url, from))
    }

    fn dressed(&self, request: Request, url: &Url, from: Site) -> Request {
        let taken = self.jar.matches(url).into_iter().filter(|cookie| from.takes(cookie));
        let cookies: Vec<_> = taken.map(|cookie| format!("{}={}", cookie.name(), cookie.value())).collect();
        let request = request
            .header(ACCEPT, HeaderValue::from_static("text/html,application/xhtml+xml,*/*;q=0.8"))
            .header(FETCH_SITE, HeaderValue::from_static(from.as_str()));
        match HeaderValue::from_str(&cookies.join("; ")) {
            Ok(cookies) if !cookies.is_empty() => request.header(COOKIE, cookies),
            _ => request,
        }
    }

    /// Takes the cookies of an answer; those that are malformed or for another host are dropped.
    pub fn take(&mut self, url: &str, response: &Response) {
        let Ok(url) = Url::parse(url) else { return };
        for cookie in response.headers.get_all(SET_COOKIE) {
            if let Ok(cookie) = cookie.to_str() {
                let _ = self.jar.parse(cookie, &url);
            }
        }
    }

    /// The cookies that go to `url`, with their values.
    #[must_use]
    pub fn cookies(&self, url: &Url) -> Vec<(String, String)> {
        self.jar.get_request_values(url).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// The same browser without a cookie.
    #[must_use]
    pub fn without(&self, name: &str) -> Self {
        let kept = self.jar.iter_any().filter(|cookie| cookie.name() != name).cloned().map(Ok);
        let jar = CookieStore::from_cookies::<_, std::convert::Infallible>(kept, true).unwrap_or_default();
        Self { jar, typed: self.typed.clone() }
    }

    /// The same browser with another value of a cookie that goes to `url`.
    #[must_use]
    pub fn with(&self, url: &Url, name: &str, value: &str) -> Self {
        let mut other = self.clone();
        if let Some(cookie) = self.jar.iter_any().find(|cookie| cookie.name() == name) {
            let mut cookie = RawCookie::clone(cookie);
            cookie.set_value(value.to_owned());
            let _ = other.jar.insert_raw(&cookie, url);
        }
        other
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use http::HeaderMap;
    use rstest::rstest;

    fn with_cookies() -> (UserAgent, Url) {
        let set = [
            "none=1; Secure; SameSite=None",
            "lax=1; SameSite=Lax",
            "strict=1; SameSite=Strict",
            "__Host-a=1; Secure; Path=/",
        ];
        let headers: HeaderMap = set.iter().map(|one| (SET_COOKIE, HeaderValue::from_static(one))).collect();
        let response = Response { status: 200, headers, body: bytes::Bytes::new(), truncated: false };
        let mut agent = UserAgent::default();
        agent.take("http://localhost:1/", &response);
        (agent, Url::parse("http://localhost:1/consent").unwrap())
    }

    #[rstest]
    #[case(Site::Nowhere, 4)]
    #[case(Site::Returning, 3)]
    #[case(Site::Foreign, 2)]
    fn cookies_stay_behind_when_another_site_asks(#[case] from: Site, #[case] expected: usize) {
        let (agent, url) = with_cookies();
        let request = agent.open("a request", &url, from);
        assert_eq!(request.headers[COOKIE].to_str().unwrap().split("; ").count(), expected);
    }

    #[test]
    fn a_cookie_can_be_left_out_or_changed() {
        let (agent, url) = with_cookies();
        assert!(!agent.without("lax").cookies(&url).iter().any(|(name, _)| name == "lax"));
        assert!(agent.with(&url, "lax", "2").cookies(&url).contains(&("lax".to_owned(), "2".to_owned())));
    }
}
