//! A hosted login in a real browser: look at the page, do what the rule says, look again.
//!
//! Knows time and patience, and the commands of a session. What is on a page is looked up by the view, what it means is up
//! to the rule.

use std::path::{Path, PathBuf};
use std::time::Duration;

use fantoccini::Client;
use fantoccini::error::{CmdError, ErrorStatus};
use tokio::time::error::Elapsed;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use url::Url;

use super::super::attempt::{Arrival, LoginAttempt};
use super::super::error::{BrowserFailure, LoginError, LoginFailure};
use super::super::rule::{Fields, Progress, Sight, Step};
use super::super::visited::{PageKind, VisitedPage, shorten};
use super::session::{Session, WebDriver};
use super::view::View;

/// Between two looks at the page. WebDriver has no events to wait for.
const LOOK: Duration = Duration::from_millis(60);
/// How long one command may take. Each answers at once, whatever the page does.
const COMMAND: Duration = Duration::from_secs(10);
/// How long a picture may take; it is made after the deadline, too.
const PICTURE: Duration = Duration::from_secs(3);
/// How long a form that was sent may stay as it was, but empty, before it is filled again; and how long a form may
/// stand there again before it counts as asking again (its alert may come later than itself).
const PATIENCE: Duration = Duration::from_millis(1500);
/// How often a form is filled that is emptied again.
const FILLINGS: u32 = 5;
/// How long to wait before login pages that are unavailable are asked for again.
const RETRY: Duration = Duration::from_millis(500);

/// Logs in with a browser of its own, and ends that browser.
pub(super) async fn login(webdriver: &WebDriver, login: &LoginAttempt<'_>) -> Result<Arrival, LoginError> {
    let deadline = Instant::now() + login.deadline;
    let failed = |failure: LoginFailure| LoginError { failure, pages: Vec::new(), screenshot: None };
    let session = match timeout_at(deadline, webdriver.open()).await {
        Ok(opened) => opened.map_err(|failure| failed(failure.into()))?,
        Err(_) => {
            return Err(failed(LoginFailure::Deadline { awaited: "a browser session", deadline: login.deadline }));
        }
    };
    let mut visit = Visit::new(session.client(), login);
    let ended = timeout_at(deadline, visit.run()).await;
    let outcome = visit.outcome(ended).await;
    let lost = matches!(&outcome, Err(LoginError { failure: LoginFailure::Browser(_), .. }));
    end(session, lost).await;
    outcome
}

/// A driver that has failed once is not asked to close anything.
async fn end(session: Session, lost: bool) {
    if lost {
        drop(session);
    } else {
        session.close().await;
    }
}

struct Visit<'a> {
    client: &'a Client,
    login: &'a LoginAttempt<'a>,
    pages: Vec<VisitedPage>,
    progress: Progress,
    awaited: &'static str,
    unavailable: bool,
    /// The form that was filled but not yet sent: its document, and what was filled.
    filled: Option<(String, Fields)>,
    fillings: u32,
    /// Since when the same unwelcome thing is displayed.
    unwelcome_since: Option<Instant>,
    screenshot: Option<PathBuf>,
}

impl<'a> Visit<'a> {
    fn new(client: &'a Client, login: &'a LoginAttempt<'a>) -> Self {
        Self {
            client,
            login,
            pages: Vec::new(),
            progress: Progress::default(),
            awaited: "the first page",
            unavailable: false,
            filled: None,
            fillings: 0,
            unwelcome_since: None,
            screenshot: None,
        }
    }

    async fn run(&mut self) -> Result<Url, LoginFailure> {
        self.open().await?;
        loop {
            match self.turn().await {
                Ok(Some(url)) => return Ok(url),
                Ok(None) => sleep(LOOK).await,
                Err(Trouble::Passing) => sleep(LOOK).await,
                Err(Trouble::Failed(failure)) => return Err(failure),
            }
        }
    }

    async fn open(&mut self) -> Result<(), LoginFailure> {
        let start = self.login.start();
        match command(self.client.goto(start.as_str())).await {
            Ok(()) | Err(Trouble::Passing) => Ok(()),
            Err(Trouble::Failed(failure)) => Err(failure),
        }
    }

    /// Looks once and does what is to be done; the callback URL when that is reached.
    async fn turn(&mut self) -> Result<Option<Url>, Trouble> {
        let view = command(View::of(self.client, self.login)).await?;
        if view.not_loaded {
            return Err(Trouble::Failed(LoginFailure::Unreachable {
                url: view.sight.url,
                reason: "the browser could not load it".into(),
            }));
        }
        if let Some(selector) = view.unreadable {
            return Err(LoginFailure::BadSelector { selector }.into());
        }
        self.saw(&view.sight);
        let step = self.progress.next(&view.sight);
        if !matches!(step, Step::Wait | Step::AskedAgain) {
            self.unwelcome_since = None;
        }
        match step {
            Step::Finish => return command(self.client.current_url()).await.map(Some),
            Step::Submit(fields) => self.submit(&view, fields).await?,
            Step::Press => {
                self.picture().await;
                self.progress.pressed(&view.sight);
                self.awaited = "the answer to the button";
                command(view.send()).await?;
            }
            Step::PressedInVain(presses) => return Err(LoginFailure::PressedInVain { presses }.into()),
            Step::Wait => self.wait(&view),
            Step::Retry => self.retry().await?,
            Step::AskedAgain if !self.outstays() => {}
            Step::AskedAgain => return Err(LoginFailure::AskedAgain.into()),
            Step::Refused(alert) => return Err(LoginFailure::Refused { alert }.into()),
            Step::ErrorPage(status) => return Err(LoginFailure::ErrorPage { status }.into()),
        }
        Ok(None)
    }

    /// Fills the form in one turn and sends it in the next, if it still holds what was typed.
    async fn submit(&mut self, view: &View, fields: Fields) -> Result<(), Trouble> {
        let credentials = self.login.credentials;
        if fields.with_password() && !view.private {
            return Err(LoginFailure::Unencrypted { url: view.sight.url.clone() }.into());
        }
        let filled = self.filled.take();
        if filled == Some((view.sight.document.clone(), fields)) && command(view.holds(fields, credentials)).await? {
            self.picture().await;
            if command(view.holds(fields, credentials)).await? {
                // Noted first: a click whose answer is lost to the navigation it causes has still been made.
                self.progress.submitted(&view.sight, fields);
                self.awaited = "the answer to the form";
                self.filled = Some((view.sight.document.clone(), fields));
                return command(view.send()).await;
            }
        }
        self.fillings += 1;
        if self.fillings > FILLINGS {
            return Err(LoginFailure::KeptEmptying { attempts: FILLINGS }.into());
        }
        self.awaited = "the form to keep what was typed";
        command(view.fill(fields, credentials)).await?;
        self.filled = Some((view.sight.document.clone(), fields));
        Ok(())
    }

    /// A form that was sent and still stands there empty was taken over by a script in between: it is filled again.
    fn wait(&mut self, view: &View) {
        let form = view.sight.username || view.sight.password;
        if !(form && view.emptied) {
            self.unwelcome_since = None;
        } else if self.outstays()
            && let Some((_, fields)) = self.filled.take()
        {
            self.progress.take_back(fields);
            self.unwelcome_since = None;
        }
    }

    /// Whether the same unwelcome thing has been there for too long.
    fn outstays(&mut self) -> bool {
        self.unwelcome_since.get_or_insert_with(Instant::now).elapsed() > PATIENCE
    }

    async fn retry(&mut self) -> Result<(), Trouble> {
        self.unavailable = true;
        self.awaited = "login pages to become available";
        self.progress = Progress::default();
        sleep(RETRY).await;
        self.open().await?;
        Ok(())
    }

    fn saw(&mut self, sight: &Sight) {
        let page = sight.to_page();
        // A tab that has not gone anywhere yet is no page.
        if self.pages.last() != Some(&page) && page.url.starts_with("http") {
            self.unavailable &= page.kind == PageKind::Unavailable;
            self.pages.push(page);
        }
    }

    async fn outcome(mut self, ended: Result<Result<Url, LoginFailure>, Elapsed>) -> Result<Arrival, LoginError> {
        let failure = match ended {
            Ok(Ok(url)) => {
                return Ok(Arrival { url, pages: self.pages, screenshot: self.screenshot });
            }
            Ok(Err(failure)) => failure,
            Err(_) if self.unavailable => LoginFailure::Unavailable(self.login.deadline),
            Err(_) => LoginFailure::Deadline { awaited: self.awaited, deadline: self.login.deadline },
        };
        if !matches!(failure, LoginFailure::Browser(_)) {
            self.picture().await;
        }
        Err(LoginError { failure, pages: self.pages, screenshot: self.screenshot })
    }

    /// Takes a picture if one is wanted. A login does not fail for want of one.
    async fn picture(&mut self) {
        let Some(path) = self.login.screenshot else { return };
        match picture(self.client, path).await {
            Ok(()) => self.screenshot = Some(path.to_owned()),
            Err(error) => tracing::warn!(path = %path.display(), %error, "no picture of the login page"),
        }
    }
}

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
enum NoPicture {
    #[error("the browser made none in time")]
    Late(#[from] Elapsed),
    #[error("{}", shorten(&.0.to_string()))]
    NotMade(#[from] CmdError),
    #[error(transparent)]
    NotWritten(#[from] std::io::Error),
}

async fn picture(client: &Client, path: &Path) -> Result<(), NoPicture> {
    let png = timeout(PICTURE, client.screenshot()).await??;
    Ok(tokio::fs::write(path, png).await?)
}

/// What a command can run into.
enum Trouble {
    /// The page changed under our hands; look again.
    Passing,
    /// There is no point in going on.
    Failed(LoginFailure),
}

impl From<LoginFailure> for Trouble {
    fn from(failure: LoginFailure) -> Self {
        Self::Failed(failure)
    }
}

async fn command<T>(command: impl Future<Output = Result<T, CmdError>>) -> Result<T, Trouble> {
    match timeout(COMMAND, command).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(trouble(&error)),
        Err(_) => Err(LoginFailure::from(BrowserFailure::Silent(COMMAND)).into()),
    }
}

/// Elements that went stale, that another covers for a moment, scripts cut short by a navigation: all pass.
fn trouble(error: &CmdError) -> Trouble {
    let passing = match error {
        CmdError::Standard(error) => {
            let gone = ["crashed", "disconnected", "not reachable", "not connected", "cannot determine"];
            !matches!(error.error, ErrorStatus::InvalidSessionId | ErrorStatus::NoSuchWindow)
                && !gone.iter().any(|sign| error.message.contains(sign))
        }
        // A script whose page goes away while it runs returns nothing.
        CmdError::Json(_) => true,
        _ => false,
    };
    if passing {
        return Trouble::Passing;
    }
    Trouble::Failed(BrowserFailure::Lost { reason: shorten(&error.to_string()) }.into())
}
