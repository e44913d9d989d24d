//! Why a login did not arrive, and why no browser could be had for it.
//!
//! Types and their words; what leads to them is decided elsewhere.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::visited::VisitedPage;
use crate::user_agent::UnreadableSelector;

/// A login that never reached the redirect URI.
#[derive(Debug, thiserror::Error)]
pub struct LoginError {
    /// What went wrong.
    pub failure: LoginFailure,
    /// The pages met until then, in order.
    pub pages: Vec<VisitedPage>,
    /// The page at the end, when a picture was asked for and could be made.
    pub screenshot: Option<PathBuf>,
}

impl fmt::Display for LoginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the hosted login did not reach the redirect URI: {}", self.failure)?;
        match self.pages.last() {
            Some(page) => write!(f, "; last seen was {page}")?,
            None => f.write_str("; no page was seen")?,
        }
        if let Some(screenshot) = &self.screenshot {
            write!(f, "; picture in {}", screenshot.display())?;
        }
        Ok(())
    }
}

/// What went wrong in a login.
#[derive(Debug, thiserror::Error)]
pub enum LoginFailure {
    /// The page answered the credentials with an alert.
    #[error("the login was refused with “{alert}”: check username and password, and that the user is confirmed")]
    Refused {
        /// The text of the alert.
        alert: String,
    },
    /// The page asked again for what it had already been given, and said nothing.
    #[error("the login page asked again for what had been entered, without saying why")]
    AskedAgain,
    /// The page emptied the form each time it was filled.
    #[error("the login page emptied its form {attempts} times after it had been filled")]
    KeptEmptying {
        /// How often the form was filled.
        attempts: u32,
    },
    /// An HTTP error without a form.
    #[error(
        "the authorization server answered with HTTP {status} and no login form: check client id, redirect URI and scopes"
    )]
    ErrorPage {
        /// The status of that page.
        status: u16,
    },
    /// A page without a form for a username or a password.
    #[error(
        "the page has no form with a field that is looked for: one named `username` or `password`, or one that is declared"
    )]
    NoForm,
    /// A page that asked for consent again and again.
    #[error("the button that is declared for a page came back each of the {presses} times it was pressed")]
    PressedInVain {
        /// How often.
        presses: usize,
    },
    /// A selector that is none.
    #[error("the browser cannot read the declared selector `{selector}`")]
    BadSelector {
        /// The selector.
        selector: String,
    },
    /// A selector that plain HTTP cannot answer.
    #[error(
        "the declared selector `{selector}` cannot be answered without a browser: it is no CSS selector, or asks how \
         the page is displayed, as `:focus` does"
    )]
    NeedsBrowser {
        /// The selector.
        selector: String,
    },
    /// A page that asks for a password over a connection that others can read.
    #[error("{url} asks for the password without encryption; it is not typed there")]
    Unencrypted {
        /// Where, without query values.
        url: String,
    },
    /// The form asks for something beside username and password.
    #[error("the login form cannot be sent: {what}")]
    UnusableForm {
        /// What is wrong with it.
        what: String,
    },
    /// Cognito's page for a domain whose branding is missing or not ready, until the deadline.
    #[error("login pages stayed unavailable for {0:?}: the pool's domain has no branding yet")]
    Unavailable(Duration),
    /// Something that should have come did not come in time.
    #[error("nothing came of waiting for {awaited} within {deadline:?}")]
    Deadline {
        /// What was awaited.
        awaited: &'static str,
        /// How long the login was allowed to take.
        deadline: Duration,
    },
    /// A host on the way did not answer.
    #[error("{url} could not be loaded: {reason}")]
    Unreachable {
        /// Where, without query values.
        url: String,
        /// Why.
        reason: String,
    },
    /// A redirect that no browser would follow.
    #[error("{url} redirects in a way that cannot be followed: {what}")]
    BadRedirect {
        /// Where, without query values.
        url: String,
        /// What is wrong with it.
        what: String,
    },
    /// A redirect that makes a browser send the password again to another place (RFC 9700, section 4.12).
    #[error(
        "{url} answers the credentials with HTTP {status}, which hands them on to the redirect's target; 303 or 302 would not"
    )]
    CredentialsForwarded {
        /// Where, without query values.
        url: String,
        /// 307 or 308.
        status: u16,
    },
    /// The browser or its driver failed; the page is not to blame.
    #[error(transparent)]
    Browser(#[from] BrowserFailure),
}

impl From<UnreadableSelector> for LoginFailure {
    fn from(UnreadableSelector(selector): UnreadableSelector) -> Self {
        Self::NeedsBrowser { selector }
    }
}

/// The browser or its driver did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum BrowserFailure {
    /// The driver program did not start.
    #[error("{program} did not start: {reason}")]
    NotStarted {
        /// The driver program.
        program: String,
        /// What it said, or what the system said.
        reason: String,
    },
    /// The driver runs, but gave no browser session.
    #[error("the driver opened no browser session: {reason}")]
    NoSession {
        /// What the driver said.
        reason: String,
    },
    /// Driver or browser stopped in the middle.
    #[error("driver or browser stopped working: {reason}")]
    Lost {
        /// What the last command answered.
        reason: String,
    },
    /// Driver or browser no longer answer.
    #[error("the driver did not answer for {0:?}")]
    Silent(Duration),
}

/// Why no browser can be driven here.
#[derive(Debug, thiserror::Error)]
pub enum NoDriver {
    /// No driver program on the search path.
    #[error(
        "neither chromedriver nor geckodriver is on PATH; on Debian, install chromium-driver and chromium-headless-shell"
    )]
    NotFound,
    /// Drivers were found, none gave a session.
    #[error("{driver} was found but cannot be used: {failure}")]
    Unusable {
        /// The driver program, or the address of the remote driver.
        driver: String,
        /// What went wrong.
        failure: BrowserFailure,
    },
    /// The address of the remote driver is not one that can be spoken to.
    #[error("the driver address {url} cannot be used: {reason}")]
    BadAddress {
        /// The address as given.
        url: String,
        /// Why.
        reason: &'static str,
    },
}
