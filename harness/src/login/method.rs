//! The ways to log in, and which of them this machine offers.
//!
//! Chooses and delegates; how a login goes on is not known here.

use std::fmt;

use url::Url;

use super::attempt::{Arrival, LoginAttempt};
use super::error::{LoginError, NoDriver};
use super::plain_http;
use super::webdriver::WebDriver;

/// Which login method is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoginMethodChoice {
    /// A real browser when one can be driven, plain HTTP otherwise.
    Auto,
    /// Plain HTTP.
    PlainHttp,
    /// A real browser by a driver found on `PATH`; nothing else will do.
    WebDriver,
    /// A real browser by a driver that already runs at this address (`http`).
    Remote(Url),
}

/// A login method that is ready, and what there is to say about the choice.
#[derive(Debug, Clone)]
pub struct FoundMethod {
    /// The login method.
    pub method: LoginMethod,
    /// Why it is not the browser that was hoped for.
    pub note: Option<String>,
}

/// A way to log in. Logins by one method may run at once; each has a browser profile or a cookie jar of its own, and
/// what it starts ends with it, also when its future is dropped.
#[derive(Debug, Clone)]
pub enum LoginMethod {
    /// Follows redirects, keeps cookies and sends the form by plain HTTP. Runs no script.
    PlainHttp,
    /// Drives a real browser.
    WebDriver(Box<WebDriver>),
}

impl LoginMethod {
    /// Finds a login method. A browser counts as found only when it has opened a session.
    ///
    /// # Errors
    /// When a browser is required and none can be driven.
    pub async fn find(choice: &LoginMethodChoice) -> Result<FoundMethod, NoDriver> {
        let found = |method| FoundMethod { method, note: None };
        match choice {
            LoginMethodChoice::PlainHttp => Ok(found(Self::PlainHttp)),
            LoginMethodChoice::WebDriver => Ok(found(Self::WebDriver(Box::new(WebDriver::on_path().await?)))),
            LoginMethodChoice::Remote(address) => {
                Ok(found(Self::WebDriver(Box::new(WebDriver::remote(address).await?))))
            }
            LoginMethodChoice::Auto => Ok(match WebDriver::on_path().await {
                Ok(webdriver) => found(Self::WebDriver(Box::new(webdriver))),
                Err(why) => FoundMethod {
                    method: Self::PlainHttp,
                    note: Some(format!("logging in by plain HTTP, without a browser: {why}")),
                },
            }),
        }
    }

    /// What it is, for readers: “plain HTTP”, “Chromium 156 by ChromeDriver”.
    pub fn name(&self) -> &str {
        match self {
            Self::PlainHttp => "plain HTTP",
            Self::WebDriver(webdriver) => webdriver.name(),
        }
    }

    /// Logs in: from the authorization URL through the pages to the redirect URI, which is loaded.
    ///
    /// # Errors
    /// When the redirect URI was not reached before the deadline, with what was seen instead.
    pub async fn login(&self, login: &LoginAttempt<'_>) -> Result<Arrival, LoginError> {
        match self {
            Self::PlainHttp => plain_http::login(login).await,
            Self::WebDriver(webdriver) => webdriver.login(login).await,
        }
    }
}

impl fmt::Display for LoginMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
