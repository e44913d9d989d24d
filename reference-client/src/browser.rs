//! Sending the user to the authorization server. A [`Browser`] is the user's own, outside this program; the client never
//! shows the login itself (OAuth 2.1 section 8.5).

use std::{process::Stdio, time::Duration};

use futures::future::BoxFuture;
use tokio::process::Command;
use url::Url;

use crate::reach::shown;

/// Whatever gets the user, or a test, to the authorization URL.
pub trait Browser: Send + Sync {
    /// Called with the authorization URL; returns when it is opened. The response arrives at the callback later.
    fn open<'a>(&'a self, url: &'a Url) -> BoxFuture<'a, Result<(), OpenError>>;
}

/// Why the authorization URL was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL could not be requested; only where no user is involved.
    #[error("the authorization endpoint {url} did not send the user agent back: {reason}")]
    NotApproved {
        /// The endpoint, without query.
        url: String,
        /// What happened instead.
        reason: String,
    },
    /// An implementation's own reason.
    #[error("the authorization URL could not be opened: {0}")]
    Other(String),
}

impl OpenError {
    pub(crate) fn not_approved(url: &Url, reason: impl Into<String>) -> Self {
        Self::NotApproved { url: shown(url), reason: reason.into() }
    }
}

/// Prints the URL and lets the user do the rest.
#[derive(Debug, Clone, Copy, Default)]
pub struct PrintedUrl;

impl Browser for PrintedUrl {
    fn open<'a>(&'a self, url: &'a Url) -> BoxFuture<'a, Result<(), OpenError>> {
        print_url(url);
        Box::pin(async { Ok(()) })
    }
}

/// The standard error stream is for people here, the standard output belongs to the answers of the server.
#[allow(clippy::print_stderr)]
fn print_url(url: &Url) {
    eprintln!("To log in, open this URL in a browser on this machine:\n\n  {url}\n");
}

#[allow(clippy::print_stderr)]
fn print_opened() {
    eprintln!("Your browser was opened for the login; the program goes on when you are done there.");
}

/// Opens the URL with the desktop's own opener, and prints it if there is none.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemBrowser;

/// Programs that take the URL as one argument. No shell is between, so nothing in a URL can be a command.
#[cfg(target_os = "macos")]
const OPENERS: [(&str, &[&str]); 1] = [("open", &[])];
#[cfg(windows)]
const OPENERS: [(&str, &[&str]); 1] = [("rundll32.exe", &["url.dll,FileProtocolHandler"])];
#[cfg(not(any(target_os = "macos", windows)))]
const OPENERS: [(&str, &[&str]); 3] = [("xdg-open", &[]), ("gio", &["open"]), ("wslview", &[])];

/// An opener that still runs after this has become the browser itself.
const OPENING: Duration = Duration::from_secs(3);

impl Browser for SystemBrowser {
    fn open<'a>(&'a self, url: &'a Url) -> BoxFuture<'a, Result<(), OpenError>> {
        Box::pin(async move {
            for (program, arguments) in OPENERS {
                if run(program, arguments, url).await {
                    print_opened();
                    return Ok(());
                }
            }
            PrintedUrl.open(url).await
        })
    }
}

/// Whether the opener ran and was content.
async fn run(program: &str, arguments: &[&str], url: &Url) -> bool {
    let child = Command::new(program)
        .args(arguments)
        .arg(url.as_str())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = child else { return false };
    match tokio::time::timeout(OPENING, child.wait()).await {
        Ok(status) => status.is_ok_and(|status| status.success()),
        Err(_) => true,
    }
}
