//! What a login is asked to do and what it brings back; the same for every login method.
//!
//! Data, and where a login starts and ends. Nothing is sent from here.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use url::Url;

use super::parts::LoginPages;
use super::visited::{VisitedPage, without_values};
use crate::user_agent::UserCredentials;

/// One login: where it starts, where it must end, who logs in, and how long it may take.
#[derive(Debug, Clone, Copy)]
pub struct LoginAttempt<'a> {
    /// The complete authorization request (RFC 6749, section 4.1.1).
    pub authorization_url: &'a Url,
    /// Where the flow must end. A URL with the same scheme, host, port and path has arrived, whatever its query.
    pub redirect_uri: &'a Url,
    /// Who logs in.
    pub credentials: &'a UserCredentials,
    /// What of the pages is filled and pressed.
    pub pages: &'a LoginPages,
    /// The language to ask the page for, as Cognito's `lang` parameter. `None` leaves the authorization URL untouched,
    /// which is right for every other authorization server.
    pub lang: Option<&'a str>,
    /// How long the whole login may take.
    pub deadline: Duration,
    /// Where to put a picture (PNG) of the login page, if the login method can make one: as it was just before the form was
    /// sent, or, when the login failed, as it was at the end.
    pub screenshot: Option<&'a Path>,
}

impl LoginAttempt<'_> {
    /// The URL to open: the authorization URL, with the language added when one was asked for.
    pub(super) fn start(&self) -> Url {
        let mut start = self.authorization_url.clone();
        if let Some(lang) = self.lang {
            start.query_pairs_mut().append_pair("lang", lang);
        }
        start
    }

    /// Whether the flow has ended at this URL.
    pub(super) fn ends_at(&self, url: &Url) -> bool {
        let end = self.redirect_uri;
        url.scheme() == end.scheme()
            && url.host() == end.host()
            && url.port_or_known_default() == end.port_or_known_default()
            && url.path() == end.path()
    }
}

/// A login that reached the redirect URI. That is not yet a success: the URL may carry `error` instead of `code`.
#[derive(Clone)]
pub struct Arrival {
    /// The callback URL with its query, as the browser reached it. It holds the authorization code, a secret.
    pub url: Url,
    /// The pages met on the way, in order, the callback's own page last.
    pub pages: Vec<VisitedPage>,
    /// The picture, when one was asked for and could be made.
    pub screenshot: Option<PathBuf>,
}

impl fmt::Debug for Arrival {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arrival")
            .field("url", &without_values(&self.url))
            .field("pages", &self.pages)
            .field("screenshot", &self.screenshot)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::query_added("http://localhost:4000/callback?code=1&state=2", true)]
    #[case::error_instead_of_code("http://localhost:4000/callback?error=access_denied", true)]
    #[case::other_port("http://localhost:4001/callback?code=1", false)]
    #[case::other_path("http://localhost:4000/callback/more?code=1", false)]
    #[case::other_scheme("https://localhost:4000/callback?code=1", false)]
    #[case::other_host("http://127.0.0.1:4000/callback?code=1", false)]
    fn ends_only_at_the_redirect_uri(#[case] reached: &str, #[case] ends: bool) {
        let redirect_uri = Url::parse("http://localhost:4000/callback").unwrap();
        let credentials = UserCredentials { username: "alice".into(), password: "secret".to_owned().into() };
        let login = LoginAttempt {
            authorization_url: &redirect_uri,
            redirect_uri: &redirect_uri,
            credentials: &credentials,
            pages: &LoginPages::default(),
            lang: None,
            deadline: Duration::from_secs(1),
            screenshot: None,
        };

        assert_eq!(login.ends_at(&Url::parse(reached).unwrap()), ends);
    }

    #[test]
    fn shows_no_authorization_code_in_its_debug_text() {
        let arrival = Arrival {
            url: Url::parse("http://localhost:4000/callback?code=very-secret&state=also").unwrap(),
            pages: Vec::new(),
            screenshot: None,
        };

        let shown = format!("{arrival:?}");

        assert!(!shown.contains("very-secret") && !shown.contains("also"), "{shown}");
    }
}
