//! Browser sessions: which driver gives them, what is asked of the browser, how they end.
//!
//! Opens and closes; what is done in a session is not known here.

use std::sync::Arc;
use std::time::Duration;

use fantoccini::error::{CmdError, NewSessionError};
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::time::timeout;
use url::Url;

use super::super::attempt::{Arrival, LoginAttempt};
use super::super::error::{BrowserFailure, LoginError, NoDriver};
use super::super::visited::shorten;
use super::driver::Driver;
use super::hosted_login;
use super::program::{self, Kind, Program};

/// How long a driver may take to open a session. Firefox takes many seconds on a busy machine.
const OPEN: Duration = Duration::from_secs(60);
/// How long it may take to close one.
const CLOSE: Duration = Duration::from_secs(3);

/// A browser that can be driven. Cheap to clone; nothing runs between logins.
#[derive(Debug, Clone)]
pub struct WebDriver {
    source: Arc<Source>,
    name: String,
}

#[derive(Debug)]
enum Source {
    /// Started anew for each session.
    Program(Program),
    /// Runs already, somewhere.
    Remote { address: Url, kind: Option<Kind> },
}

impl WebDriver {
    /// The first driver on `PATH` that opens a browser session.
    ///
    /// # Errors
    /// When there is no driver, or none of them opens a session; then with what the first one said.
    pub async fn on_path() -> Result<Self, NoDriver> {
        let mut first = None;
        for program in program::on_path() {
            let driver = program.driver.display().to_string();
            match Self::proven(Source::Program(program)).await {
                Ok(webdriver) => return Ok(webdriver),
                Err(failure) => first = first.or(Some(NoDriver::Unusable { driver, failure })),
            }
        }
        Err(first.unwrap_or(NoDriver::NotFound))
    }

    /// The driver that listens at an `http` address.
    ///
    /// # Errors
    /// When the address is not `http`, or the driver there opens no session.
    pub async fn remote(address: &Url) -> Result<Self, NoDriver> {
        if address.scheme() != "http" {
            return Err(NoDriver::BadAddress { url: address.to_string(), reason: "drivers are spoken to over http" });
        }
        let source = Source::Remote { address: address.clone(), kind: kind_at(address).await };
        Self::proven(source).await.map_err(|failure| NoDriver::Unusable { driver: address.to_string(), failure })
    }

    /// Opens and closes a session: the only proof that driver and browser fit, and what tells their versions.
    async fn proven(source: Source) -> Result<Self, BrowserFailure> {
        let session = Session::open(&source).await?;
        let name = name(session.client.capabilities());
        session.close().await;
        Ok(Self { source: Arc::new(source), name })
    }

    /// Browser, its major version, and driver: “Chromium 156 by ChromeDriver”.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Logs in with a fresh browser.
    pub(in super::super) async fn login(&self, login: &LoginAttempt<'_>) -> Result<Arrival, LoginError> {
        hosted_login::login(self, login).await
    }

    /// Opens a fresh browser.
    pub(super) async fn open(&self) -> Result<Session, BrowserFailure> {
        Session::open(&self.source).await
    }
}

/// An open browser. Dropping it ends browser and driver at once; a remote session is closed in the background.
#[derive(Debug)]
pub(super) struct Session {
    // Before the driver: a client that is dropped first no longer wants to talk to it.
    client: Client,
    driver: Option<Driver>,
}

impl Session {
    async fn open(source: &Source) -> Result<Self, BrowserFailure> {
        match source {
            Source::Program(program) => {
                let driver = Driver::start(program).await?;
                let wanted = capabilities(Some(program.kind), program.browser.as_deref().and_then(|p| p.to_str()));
                let client = connect(driver.address(), wanted).await?;
                Ok(Self { client, driver: Some(driver) })
            }
            Source::Remote { address, kind } => {
                Ok(Self { client: connect(address, capabilities(*kind, None)).await?, driver: None })
            }
        }
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Closes the browser in order, then the driver.
    pub(super) async fn close(self) {
        if !matches!(timeout(CLOSE, self.client.close()).await, Ok(Ok(()))) {
            tracing::debug!("the browser session could not be closed in order");
        }
        if let Some(driver) = self.driver {
            driver.stop().await;
        }
    }
}

async fn connect(address: &Url, wanted: Capabilities) -> Result<Client, BrowserFailure> {
    let mut builder = ClientBuilder::new(HttpConnector::new());
    let connecting = builder.capabilities(wanted).connect(address.as_str());
    match timeout(OPEN, connecting).await {
        Ok(Ok(client)) => Ok(client),
        Ok(Err(error)) => Err(BrowserFailure::NoSession { reason: why_no_session(&error) }),
        Err(_) => Err(BrowserFailure::NoSession { reason: format!("no answer within {OPEN:?}") }),
    }
}

fn why_no_session(error: &NewSessionError) -> String {
    let text = match error {
        NewSessionError::NotW3C(Value::Object(answer)) => match answer.get("message").and_then(Value::as_str) {
            Some(message) => message.to_owned(),
            None => error.to_string(),
        },
        NewSessionError::UnexpectedError(CmdError::Standard(error)) => error.message.to_string(),
        other => other.to_string(),
    };
    shorten(&text)
}

fn capabilities(kind: Option<Kind>, browser: Option<&str>) -> Capabilities {
    let mut wanted = Capabilities::new();
    // Commands return at once; what must have happened is awaited as a condition on the page.
    wanted.insert("pageLoadStrategy".into(), json!("none"));
    match kind {
        Some(Kind::Chrome) => wanted.insert("goog:chromeOptions".into(), chrome_options(browser)),
        Some(Kind::Gecko) => wanted.insert("moz:firefoxOptions".into(), firefox_options(browser)),
        None => None,
    };
    wanted
}

fn chrome_options(browser: Option<&str>) -> Value {
    let mut arguments = vec![
        "--headless",
        "--lang=en",
        "--no-first-run",
        "--no-default-browser-check",
        // Containers give little room there, and the browser crashes when it is full.
        "--disable-dev-shm-usage",
        // The browser speaks to the pages it is sent to and to no other host.
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-breakpad",
    ];
    if rustix::process::geteuid().is_root() {
        // The sandbox refuses to work for root.
        arguments.push("--no-sandbox");
    }
    match browser {
        Some(binary) => json!({ "args": arguments, "binary": binary }),
        None => json!({ "args": arguments }),
    }
}

fn firefox_options(browser: Option<&str>) -> Value {
    let mut options = json!({ "args": ["-headless"], "prefs": { "intl.accept_languages": "en" } });
    if let (Some(binary), Some(options)) = (browser, options.as_object_mut()) {
        options.insert("binary".into(), json!(binary));
    }
    options
}

/// What kind of driver listens at an address, from what it says of its state. Guessing wrong would make it refuse.
async fn kind_at(address: &Url) -> Option<Kind> {
    let status = address.join("status").ok()?;
    let http = reqwest::Client::builder().no_proxy().timeout(CLOSE).build().ok()?;
    let answer: Value = http.get(status).send().await.ok()?.json().await.ok()?;
    let message = answer.pointer("/value/message").and_then(Value::as_str)?;
    message.contains("ChromeDriver").then_some(Kind::Chrome)
}

/// What the session says of itself, for people.
fn name(capabilities: Option<&Capabilities>) -> String {
    let text = |name: &str| capabilities.and_then(|all| all.get(name)).and_then(Value::as_str);
    let browser = match text("browserName") {
        Some("chrome" | "chrome-headless-shell" | "chromium") => "Chromium",
        Some("firefox") => "Firefox",
        Some(other) => other,
        None => "a browser",
    };
    let major = text("browserVersion").and_then(|version| version.split('.').next());
    let driver = match (capabilities.is_some_and(|all| all.contains_key("chrome")), text("moz:geckodriverVersion")) {
        (true, _) => Some(Kind::Chrome.name()),
        (false, Some(_)) => Some(Kind::Gecko.name()),
        (false, None) => None,
    };
    [Some(browser.to_owned()), major.map(str::to_owned), driver.map(|driver| format!("by {driver}"))]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ")
}
