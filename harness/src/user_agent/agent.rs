//! A browser without a window: it keeps cookies, fills in forms, and says of each request where it comes from, as
//! browsers do.
//!
//! It makes requests and takes answers. Sending them and following redirects is the matter of the module that uses it,
//! because each has its own way to the other side.

use http::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE, COOKIE, ORIGIN};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use secrecy::ExposeSecret as _;
use url::Url;

use super::cookies::Cookies;
use super::form::{Control, Form, FormError};
use super::site::Site;
use super::user::UserCredentials;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The origin of the page that means no good.
const FOREIGN: &str = "https://evil.example";

/// A browser of one user.
#[derive(Clone, Debug, Default)]
pub struct UserAgent {
    cookies: Cookies,
    /// What its user types where a page asks for it.
    pub user: Option<UserCredentials>,
}

/// A request by which a browser goes to a page.
#[derive(Clone, Debug)]
pub struct Navigation {
    /// GET or POST.
    pub method: Method,
    /// Where.
    pub url: Url,
    /// The header fields.
    pub headers: HeaderMap,
    /// What is in a form that is sent by POST.
    pub body: String,
}

impl UserAgent {
    /// The browser of a user who can log in.
    #[must_use]
    pub fn of(user: UserCredentials) -> Self {
        Self { user: Some(user), ..Self::default() }
    }

    /// A request for a page.
    #[must_use]
    pub fn open(&self, url: &Url, from: Site) -> Navigation {
        let headers = self.headers(url, from, Some(from.as_str()));
        Navigation { method: Method::GET, url: url.clone(), headers, body: String::new() }
    }

    /// A form of the page at `page`, sent by one of its buttons, with what the user types where it asks for it.
    ///
    /// # Errors
    /// When the form cannot be sent.
    pub fn press(
        &self,
        page: &Url,
        form: &Form,
        button: Option<&Control>,
        from: Site,
    ) -> Result<Navigation, FormError> {
        let mut typed = Vec::new();
        if let Some(user) = &self.user {
            for control in &form.controls {
                if control.asks_for_password() {
                    typed.push((control.id, user.password.expose_secret()));
                } else if control.asks_for_text() {
                    typed.push((control.id, user.username.as_str()));
                }
            }
        }
        self.submit(page, form, &form.entries(button.map(|button| button.id), &typed), from)
    }

    /// A form of the page at `page` with these entries.
    ///
    /// # Errors
    /// When the form cannot be sent.
    pub fn submit(
        &self,
        page: &Url,
        form: &Form,
        entries: &[(String, String)],
        from: Site,
    ) -> Result<Navigation, FormError> {
        let mut url = form.target(page)?;
        if !form.is_post {
            url.query_pairs_mut().clear().extend_pairs(entries);
            // A foreign site can open a URL as a link does, and then more cookies go along.
            let from = if from == Site::Foreign { Site::Returning } else { from };
            return Ok(self.open(&url, from));
        }
        if form.has_other_encoding {
            return Err(FormError::Encoding);
        }
        let mut headers = self.headers(&url, from, relation(from, page, &url));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        let origin = if from == Site::Foreign { FOREIGN.to_owned() } else { page.origin().ascii_serialization() };
        headers.extend(HeaderValue::from_str(&origin).ok().map(|origin| (ORIGIN, origin)));
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(entries).finish();
        Ok(Navigation { method: Method::POST, url, headers, body })
    }

    fn headers(&self, url: &Url, from: Site, relation: Option<&'static str>) -> HeaderMap {
        let mut headers = HeaderMap::from_iter([
            (ACCEPT, HeaderValue::from_static("text/html,application/xhtml+xml,*/*;q=0.8")),
            (ACCEPT_LANGUAGE, HeaderValue::from_static("en")),
        ]);
        headers.extend(relation.map(|relation| (FETCH_SITE, HeaderValue::from_static(relation))));
        let cookies = HeaderValue::from_str(&self.cookies.header(url, from)).ok();
        headers.extend(cookies.filter(|cookies| !cookies.is_empty()).map(|cookies| (COOKIE, cookies)));
        headers
    }

    /// Takes the cookies of an answer of `url`.
    pub fn take(&mut self, url: &Url, headers: &HeaderMap) {
        self.cookies.take(url, headers);
    }

    /// The cookies that go to `url`, with their values.
    #[must_use]
    pub fn cookies(&self, url: &Url) -> Vec<(String, String)> {
        self.cookies.of(url)
    }

    /// The same browser without a cookie.
    #[must_use]
    pub fn without(&self, name: &str) -> Self {
        Self { cookies: self.cookies.without(name), user: self.user.clone() }
    }

    /// The same browser with another value of a cookie that goes to `url`.
    #[must_use]
    pub fn with(&self, url: &Url, name: &str, value: &str) -> Self {
        Self { cookies: self.cookies.with(url, name, value), user: self.user.clone() }
    }
}

/// What `Sec-Fetch-Site` says of a form. Whether two hosts belong to one site cannot be told without a list of all
/// registries; then nothing is said, as by older browsers.
fn relation(from: Site, page: &Url, url: &Url) -> Option<&'static str> {
    match from {
        Site::Same if page.origin() == url.origin() => Some(from.as_str()),
        Site::Same if page.scheme() == url.scheme() && page.host() == url.host() => Some("same-site"),
        Site::Same => None,
        _ => Some(from.as_str()),
    }
}
