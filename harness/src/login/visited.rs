//! What was seen of one page of a login, fit to be shown: no query values, no form contents.
//!
//! Texts for readers, and what may stand in them. What a page means for a login is up to the rule.

use std::fmt;

use serde::Serialize;
use url::Url;

/// What kind of page it was, as far as logging in is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PageKind {
    /// Asks for username and password together.
    OnePage,
    /// Asks for the username only; the password comes after.
    UsernameFirst,
    /// Asks for the password only.
    PasswordNext,
    /// Asks for nothing but that a declared button is pressed.
    Consent,
    /// Says that login pages are unavailable: what Cognito serves with 403 while a pool has no branding yet.
    Unavailable,
    /// Answered with an HTTP error and offers no form.
    Error,
    /// The redirect URI.
    Callback,
    /// Anything else.
    Other,
}

impl fmt::Display for PageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OnePage => "a form for username and password",
            Self::UsernameFirst => "a form for the username",
            Self::PasswordNext => "a form for the password",
            Self::Consent => "a page to consent to",
            Self::Unavailable => "login pages unavailable",
            Self::Error => "an error page",
            Self::Callback => "the redirect URI",
            Self::Other => "a page without a login form",
        })
    }
}

/// One page met during a login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VisitedPage {
    /// What kind of page it was.
    pub kind: PageKind,
    /// Its URL. Query values are left out, except those of the OAuth error parameters.
    pub url: String,
    /// The HTTP status, where the login method can know it.
    pub status: Option<u16>,
    /// The title, empty if there is none.
    pub title: String,
    /// The text of the page's alert, if one is displayed.
    pub alert: Option<String>,
}

impl fmt::Display for VisitedPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.kind, self.url)?;
        if let Some(status) = self.status {
            write!(f, ", HTTP {status}")?;
        }
        if !self.title.is_empty() {
            write!(f, ", title “{}”", self.title)?;
        }
        if let Some(alert) = &self.alert {
            write!(f, ", alert “{alert}”")?;
        }
        Ok(())
    }
}

/// Query parameters whose values explain a failure and carry no secret (RFC 6749, section 4.1.2.1).
const TELLING: [&str; 2] = ["error", "error_description"];

/// Whether what is typed at a URL stays secret on the way there: https, or this machine.
pub(super) fn is_private(url: &Url) -> bool {
    let near = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || near
}

/// A URL that can be shown: names of query parameters without their values, no user information, no fragment.
pub(super) fn without_values(url: &Url) -> String {
    let mut shown = url.clone();
    shown.set_fragment(None);
    // Both fail only for URLs that cannot have user information at all.
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    if url.query().is_some() {
        let query: Vec<String> = url
            .query_pairs()
            .map(|(name, value)| {
                if TELLING.contains(&name.as_ref()) {
                    format!("{name}={}", shorten(&value))
                } else {
                    format!("{name}=…")
                }
            })
            .collect();
        shown.set_query(None);
        return format!("{shown}?{}", query.join("&"));
    }
    shown.to_string()
}

/// One line of at most 200 characters, white space folded: pages may say a lot.
pub(super) fn shorten(text: &str) -> String {
    const LIMIT: usize = 200;
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if folded.chars().count() <= LIMIT {
        return folded;
    }
    folded.chars().take(LIMIT - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("http://localhost/cb", "http://localhost/cb")]
    #[case("http://localhost/cb?code=s3cret&state=x", "http://localhost/cb?code=…&state=…")]
    #[case(
        "http://localhost/error?error=redirect_mismatch&client_id=abc",
        "http://localhost/error?error=redirect_mismatch&client_id=…"
    )]
    #[case("http://user:pass@localhost/cb#access_token=x", "http://localhost/cb")]
    fn shows_names_of_parameters_and_hides_their_values(#[case] url: &str, #[case] shown: &str) {
        assert_eq!(without_values(&Url::parse(url).unwrap()), shown);
    }

    #[rstest]
    #[case("https://login.example/", true)]
    #[case("http://localhost:8080/login", true)]
    #[case("http://[::1]/login", true)]
    #[case("http://login.example/", false)]
    #[case("http://10.0.0.1/", false)]
    fn passwords_are_for_encrypted_connections_and_for_this_machine(#[case] url: &str, #[case] private: bool) {
        assert_eq!(is_private(&Url::parse(url).unwrap()), private);
    }

    #[test]
    fn shortens_to_one_line() {
        let long = "word \n ".repeat(100);

        let short = shorten(&long);

        assert_eq!(short.chars().count(), 200);
        assert!(!short.contains('\n'));
    }
}
