//! The login method without a browser: follows redirects by hand, keeps cookies, fills the form and sends it.
//!
//! It runs no script and applies no style sheet, so it is for pages that work without: those of the emulator and of
//! many other authorization servers. Connects directly, never through a proxy.

use std::error::Error;
use std::time::Duration;

use cookie_store::CookieStore;
use reqwest::header::{ACCEPT, ACCEPT_LANGUAGE, COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use tokio::time::{sleep, timeout};
use url::Url;

use super::attempt::{Arrival, LoginAttempt};
use super::error::{LoginError, LoginFailure};
use super::form_choice::{Choice, Finders};
use super::html::{self, Page};
use super::rule::{Fields, Progress, Sight, Step};
use super::visited::{VisitedPage, is_private, without_values};

/// How much of a page is read. Login pages are a tenth of it.
const PAGE_LIMIT: usize = 1024 * 1024;
/// How many redirects in a row are followed; browsers stop at twenty.
const REDIRECT_LIMIT: usize = 20;
/// How long to wait before login pages that are unavailable are asked for again.
const RETRY: Duration = Duration::from_millis(500);

/// Logs in.
pub(super) async fn login(login: &LoginAttempt<'_>) -> Result<Arrival, LoginError> {
    let mut visit = Visit { login, jar: CookieStore::default(), pages: Vec::new(), awaited: "the first page" };
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
    jar: CookieStore,
    pages: Vec<VisitedPage>,
    awaited: &'static str,
}

/// One request the visit makes.
struct Request {
    method: Method,
    url: Url,
    form: Option<Vec<(String, String)>>,
}

impl Request {
    fn get(url: Url) -> Self {
        Self { method: Method::GET, url, form: None }
    }
}

impl Visit<'_> {
    async fn run(&mut self) -> Result<Url, LoginFailure> {
        let http = client()?;
        let finders = Finders::new(self.login.pages).map_err(|selector| LoginFailure::NeedsBrowser { selector })?;
        loop {
            if let Some(url) = self.attempt(&http, &finders).await? {
                return Ok(url);
            }
            self.awaited = AVAILABLE;
            sleep(RETRY).await;
        }
    }

    /// From the authorization URL to the redirect URI; `None` when login pages are unavailable now.
    async fn attempt(&mut self, http: &Client, finders: &Finders) -> Result<Option<Url>, LoginFailure> {
        let mut progress = Progress::default();
        let mut request = Request::get(self.login.start());
        let mut document = 0;
        loop {
            document += 1;
            let (url, response) = self.follow(http, request).await?;
            let status = response.status();
            let text = match text(response).await {
                // A client that has its code may be gone before its page is complete.
                Err(_) if self.login.ends_at(&url) => String::new(),
                read => read.map_err(|error| unreachable(&url, error))?,
            };
            let page = html::read(&text);
            let choice = finders.choose(&page);
            let sight = self.sight(document, &url, status, &page, choice.as_ref());
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

    fn sight(&self, document: usize, url: &Url, status: StatusCode, page: &Page, choice: Option<&Choice<'_>>) -> Sight {
        Sight {
            document: document.to_string(),
            complete: true,
            url: without_values(url),
            status: Some(status.as_u16()),
            title: page.title.clone(),
            alert: page.alert.clone(),
            username: choice.is_some_and(|choice| choice.username.is_some()),
            password: choice.is_some_and(|choice| choice.password.is_some()),
            consent: choice.is_some_and(Choice::is_consent),
            unavailable: page.unavailable,
            arrived: self.login.ends_at(url),
        }
    }

    fn saw(&mut self, sight: &Sight) {
        let page = sight.to_page();
        if self.pages.last() != Some(&page) {
            self.pages.push(page);
        }
    }

    fn fill(&self, page: &Url, choice: &Choice<'_>, fields: Option<Fields>) -> Result<Request, LoginFailure> {
        let unusable = |what: &str| LoginFailure::UnusableForm { what: what.to_owned() };
        let form = choice.form;
        if form.other_encoding {
            return Err(unusable("it wants another encoding than application/x-www-form-urlencoded"));
        }
        let mut url = match &form.action {
            Some(action) => page.join(action).map_err(|_| unusable("its action is not a URL"))?,
            None => page.clone(),
        };
        let with_password = fields.is_some_and(Fields::with_password);
        if with_password && !is_private(&url) {
            return Err(LoginFailure::Unencrypted { url: without_values(&url) });
        }
        let values = choice.values(fields, self.login.credentials);
        if form.post {
            return Ok(Request { method: Method::POST, url, form: Some(values) });
        }
        if with_password {
            return Err(unusable("it would put the password into a URL"));
        }
        url.query_pairs_mut().clear().extend_pairs(values);
        Ok(Request::get(url))
    }

    /// Sends a request and follows redirects, up to the redirect URI or the first page.
    async fn follow(&mut self, http: &Client, mut request: Request) -> Result<(Url, Response), LoginFailure> {
        for _ in 0..=REDIRECT_LIMIT {
            let url = request.url.clone();
            let credentials = request.form.is_some();
            let response = self.send(http, request).await?;
            if !response.status().is_redirection() || self.login.ends_at(&url) {
                return Ok((url, response));
            }
            let target = redirect_target(&url, &response)?;
            let keeps_body =
                matches!(response.status(), StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT);
            if credentials && keeps_body {
                return Err(LoginFailure::CredentialsForwarded {
                    url: without_values(&url),
                    status: response.status().as_u16(),
                });
            }
            if self.login.ends_at(&target) {
                self.awaited = "the redirect URI to answer";
            }
            request = Request::get(target);
        }
        Err(LoginFailure::BadRedirect {
            url: without_values(&self.login.start()),
            what: format!("more than {REDIRECT_LIMIT} redirects in a row"),
        })
    }

    async fn send(&mut self, http: &Client, request: Request) -> Result<Response, LoginFailure> {
        let Request { method, url, form } = request;
        let mut sent: RequestBuilder = http
            .request(method, url.clone())
            .header(ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8")
            .header(ACCEPT_LANGUAGE, "en");
        let cookies: Vec<String> =
            self.jar.get_request_values(&url).map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            sent = sent.header(COOKIE, cookies.join("; "));
        }
        if let Some(form) = form {
            sent = sent.header(ORIGIN, url.origin().ascii_serialization()).form(&form);
        }
        let response = sent.send().await.map_err(|error| unreachable(&url, error))?;
        for cookie in response.headers().get_all(SET_COOKIE) {
            // A cookie that the jar refuses (another domain's, a malformed one) is dropped, as a browser does.
            if let Ok(cookie) = cookie.to_str() {
                let _ = self.jar.parse(cookie, &url);
            }
        }
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

fn redirect_target(url: &Url, response: &Response) -> Result<Url, LoginFailure> {
    let bad = |what: &str| LoginFailure::BadRedirect { url: without_values(url), what: what.to_owned() };
    let location = response.headers().get(LOCATION).ok_or_else(|| bad("it has no Location"))?;
    let location = location.to_str().map_err(|_| bad("its Location is not text"))?;
    let target = url.join(location).map_err(|_| bad("its Location is not a URL"))?;
    if !matches!(target.scheme(), "http" | "https") {
        return Err(bad(&format!("its Location has the scheme `{}`", target.scheme())));
    }
    Ok(target)
}

/// The body as text, cut off at [`PAGE_LIMIT`].
async fn text(mut response: Response) -> Result<String, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() >= PAGE_LIMIT {
            body.truncate(PAGE_LIMIT);
            break;
        }
    }
    Ok(String::from_utf8_lossy(&body).into_owned())
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
