//! The login method without a browser: opens pages by the [user agent](crate::user_agent), follows redirects, fills in
//! the form and sends it.
//!
//! It runs no script and applies no style sheet, so it is for pages that work without: those of the emulator and of
//! many other authorization servers. Connects directly, never through a proxy. What is done about a page is up to the
//! rule.

use std::error::Error;
use std::time::Duration;

use reqwest::{Client, Method, Response, StatusCode};
use tokio::time::{sleep, timeout};
use url::Url;

use super::attempt::{Arrival, LoginAttempt};
use super::error::{LoginError, LoginFailure};
use super::form_choice::{Finders, FormChoice};
use super::rule::{Fields, Progress, Sight, Step, UNAVAILABLE};
use super::visited::{VisitedPage, is_private, shorten, without_values};
use crate::user_agent::{Navigation, PAGE_LIMIT, Page, REDIRECT_LIMIT, Selector, Site, UserAgent, redirect_target};

/// How long to wait before login pages that are unavailable are asked for again.
const RETRY: Duration = Duration::from_millis(500);

/// `role="alert"` on managed login and most other pages, an id on Cognito's classic ones.
const ALERT: &str = "[role=alert]:not([hidden]), #loginErrorMessage:not([hidden])";

/// Logs in.
pub(super) async fn login(login: &LoginAttempt<'_>) -> Result<Arrival, LoginError> {
    let mut visit = Visit { login, agent: UserAgent::default(), pages: Vec::new(), awaited: "the first page" };
    let ended = timeout(login.deadline, visit.run()).await;
    let pages = std::mem::take(&mut visit.pages);
    let failure = match ended {
        Ok(Ok(url)) => {
            return Ok(Arrival { url, pages, screenshot: None });
        }
        Ok(Err(failure)) => failure,
        Err(_) if visit.awaited == AVAILABLE => LoginFailure::Unavailable(login.deadline),
        Err(_) => LoginFailure::Deadline { awaited: visit.awaited, deadline: login.deadline },
    };
    Err(LoginError { failure, pages, screenshot: None })
}

const AVAILABLE: &str = "login pages to become available";

struct Visit<'a> {
    login: &'a LoginAttempt<'a>,
    agent: UserAgent,
    pages: Vec<VisitedPage>,
    awaited: &'static str,
}

/// What the visit looks for on each page.
struct Searched {
    parts: Finders,
    alert: Selector,
}

impl Visit<'_> {
    async fn run(&mut self) -> Result<Url, LoginFailure> {
        let http = client()?;
        let searched = Searched { parts: Finders::new(self.login.pages)?, alert: Selector::parse(ALERT)? };
        loop {
            if let Some(url) = self.attempt(&http, &searched).await? {
                return Ok(url);
            }
            self.awaited = AVAILABLE;
            sleep(RETRY).await;
        }
    }

    /// From the authorization URL to the redirect URI; `None` when login pages are unavailable now.
    async fn attempt(&mut self, http: &Client, searched: &Searched) -> Result<Option<Url>, LoginFailure> {
        let mut progress = Progress::default();
        let mut request = self.agent.open(&self.login.start(), Site::Nowhere);
        let mut document = 0;
        loop {
            document += 1;
            let (url, response) = self.follow(http, request).await?;
            let status = response.status();
            let body = match body(response).await {
                // A client that has its code may be gone before its page is complete.
                Err(_) if self.login.ends_at(&url) => Vec::new(),
                read => read.map_err(|error| unreachable(&url, error))?,
            };
            let page = Page::of_body(&body);
            let choice = searched.parts.choose(&page);
            let sight = self.sight(document, &url, status, &page, &searched.alert, choice.as_ref());
            self.saw(&sight);
            match progress.next(&sight) {
                Step::Finish => return Ok(Some(url)),
                Step::Retry => return Ok(None),
                Step::Submit(fields) => {
                    let choice = choice.ok_or(LoginFailure::NoForm)?;
                    request = self.fill(&url, &choice, Some(fields))?;
                    progress.submitted(&sight, fields);
                    self.awaited = "the answer to the form";
                }
                Step::Press => {
                    let choice = choice.ok_or(LoginFailure::NoForm)?;
                    request = self.fill(&url, &choice, None)?;
                    progress.pressed(&sight);
                    self.awaited = "the answer to the button";
                }
                Step::PressedInVain(presses) => return Err(LoginFailure::PressedInVain { presses }),
                Step::Wait => return Err(LoginFailure::NoForm),
                Step::Refused(alert) => return Err(LoginFailure::Refused { alert }),
                Step::AskedAgain => return Err(LoginFailure::AskedAgain),
                Step::ErrorPage(status) => return Err(LoginFailure::ErrorPage { status }),
            }
        }
    }

    fn sight(
        &self,
        document: usize,
        url: &Url,
        status: StatusCode,
        page: &Page,
        alert: &Selector,
        choice: Option<&FormChoice<'_>>,
    ) -> Sight {
        let alert = shorten(&page.texts(alert).join(" "));
        Sight {
            document: document.to_string(),
            complete: true,
            url: without_values(url),
            status: Some(status.as_u16()),
            title: shorten(&page.title),
            alert: (!alert.is_empty()).then_some(alert),
            username: choice.is_some_and(|choice| choice.username.is_some()),
            password: choice.is_some_and(|choice| choice.password.is_some()),
            consent: choice.is_some_and(FormChoice::is_consent),
            unavailable: page.text.contains(UNAVAILABLE),
            arrived: self.login.ends_at(url),
        }
    }

    fn saw(&mut self, sight: &Sight) {
        let page = sight.to_page();
        if self.pages.last() != Some(&page) {
            self.pages.push(page);
        }
    }

    fn fill(&self, page: &Url, choice: &FormChoice<'_>, fields: Option<Fields>) -> Result<Navigation, LoginFailure> {
        let unusable = |what: String| LoginFailure::UnusableForm { what };
        let form = choice.form;
        if fields.is_some_and(Fields::with_password) {
            let url = form.target(page).map_err(|error| unusable(error.to_string()))?;
            if !is_private(&url) {
                return Err(LoginFailure::Unencrypted { url: without_values(&url) });
            }
            if !form.is_post {
                return Err(unusable("it would put the password into a URL".to_owned()));
            }
        }
        let entries = choice.entries(fields, self.login.credentials);
        self.agent.submit(page, form, &entries, Site::Same).map_err(|error| unusable(error.to_string()))
    }

    /// Sends a request and follows redirects, up to the redirect URI or the first page.
    async fn follow(&mut self, http: &Client, mut request: Navigation) -> Result<(Url, Response), LoginFailure> {
        for _ in 0..=REDIRECT_LIMIT {
            let (url, is_form) = (request.url.clone(), request.method == Method::POST);
            let response = self.send(http, request).await?;
            if !response.status().is_redirection() || self.login.ends_at(&url) {
                return Ok((url, response));
            }
            let target = target(&url, &response)?;
            let keeps_body =
                matches!(response.status(), StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT);
            if is_form && keeps_body {
                return Err(LoginFailure::CredentialsForwarded {
                    url: without_values(&url),
                    status: response.status().as_u16(),
                });
            }
            if self.login.ends_at(&target) {
                self.awaited = "the redirect URI to answer";
            }
            request = self.agent.open(&target, Site::Nowhere);
        }
        Err(LoginFailure::BadRedirect {
            url: without_values(&self.login.start()),
            what: format!("more than {REDIRECT_LIMIT} redirects in a row"),
        })
    }

    async fn send(&mut self, http: &Client, request: Navigation) -> Result<Response, LoginFailure> {
        let Navigation { method, url, headers, body } = request;
        let sent = http.request(method, url.clone()).headers(headers).body(body).send().await;
        let response = sent.map_err(|error| unreachable(&url, error))?;
        self.agent.take(&url, response.headers());
        Ok(response)
    }
}

fn client() -> Result<Client, LoginFailure> {
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .map_err(|error| LoginFailure::Unreachable { url: "any URL".into(), reason: error.to_string() })
}

fn target(url: &Url, response: &Response) -> Result<Url, LoginFailure> {
    let bad = |what: String| LoginFailure::BadRedirect { url: without_values(url), what };
    let target = redirect_target(url, response.headers()).map_err(|error| bad(error.to_string()))?;
    if !matches!(target.scheme(), "http" | "https") {
        return Err(bad(format!("its Location has the scheme `{}`", target.scheme())));
    }
    Ok(target)
}

/// The body, as far as a page is read.
async fn body(mut response: Response) -> Result<Vec<u8>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() >= PAGE_LIMIT {
            body.truncate(PAGE_LIMIT);
            break;
        }
    }
    Ok(body)
}

fn unreachable(url: &Url, error: reqwest::Error) -> LoginFailure {
    // The outermost text of this error names the URL with its query; the innermost says what happened.
    let error = error.without_url();
    let mut reason: &dyn Error = &error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    LoginFailure::Unreachable { url: without_values(url), reason: reason.to_string() }
}
