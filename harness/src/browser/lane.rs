//! The ways to log in, and which of them this machine offers.

use std::fmt;

use url::Url;

use super::error::{LoginError, NoDriver};
use super::login::{Arrival, Login};
use super::scripted;
use super::webdriver::Webdriver;

/// Which lane somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LaneChoice {
    /// A real browser when one can be driven, plain HTTP otherwise.
    Auto,
    /// Plain HTTP.
    Scripted,
    /// A real browser by a driver found on `PATH`; nothing else will do.
    Webdriver,
    /// A real browser by a driver that already runs at this address (`http`).
    Remote(Url),
}

/// A lane that is ready, and what there is to say about the choice.
#[derive(Debug, Clone)]
pub struct Found {
    /// The lane.
    pub lane: Lane,
    /// Why it is not the browser that was hoped for.
    pub note: Option<String>,
}

/// A way to log in. Logins in one lane may run at once; each has a browser profile or a cookie jar of its own, and
/// whatever it starts ends with it, also when its future is dropped.
#[derive(Debug, Clone)]
pub enum Lane {
    /// Follows redirects, keeps cookies and sends the form by plain HTTP. Runs no script.
    Scripted,
    /// Drives a real browser.
    Webdriver(Box<Webdriver>),
}

impl Lane {
    /// Finds a lane. A browser counts as found only when it has opened a session.
    ///
    /// # Errors
    /// When a browser is required and none can be driven.
    pub async fn find(choice: &LaneChoice) -> Result<Found, NoDriver> {
        let found = |lane| Found { lane, note: None };
        match choice {
            LaneChoice::Scripted => Ok(found(Self::Scripted)),
            LaneChoice::Webdriver => Ok(found(Self::Webdriver(Box::new(Webdriver::on_path().await?)))),
            LaneChoice::Remote(address) => Ok(found(Self::Webdriver(Box::new(Webdriver::remote(address).await?)))),
            LaneChoice::Auto => Ok(match Webdriver::on_path().await {
                Ok(webdriver) => found(Self::Webdriver(Box::new(webdriver))),
                Err(why) => Found {
                    lane: Self::Scripted,
                    note: Some(format!("logging in by plain HTTP, without a browser: {why}")),
                },
            }),
        }
    }

    /// What the lane is, for people: “plain HTTP”, “Chromium 156 by ChromeDriver”.
    pub fn name(&self) -> &str {
        match self {
            Self::Scripted => "plain HTTP",
            Self::Webdriver(webdriver) => webdriver.name(),
        }
    }

    /// Logs in: from the authorization URL through the pages to the redirect URI, which is loaded.
    ///
    /// # Errors
    /// When the redirect URI was not reached before the deadline, with what was seen instead.
    pub async fn login(&self, login: &Login<'_>) -> Result<Arrival, LoginError> {
        match self {
            Self::Scripted => scripted::login(login).await,
            Self::Webdriver(webdriver) => webdriver.login(login).await,
        }
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
