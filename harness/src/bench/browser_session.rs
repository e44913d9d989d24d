//! Takes a browser through a server that sends its users to a third party and gets them back.
//!
//! What a way came to is a [`Walk`]; what it took is kept in order, with the numbers that a scenario will give it. What a
//! browser makes of pages and cookies is the matter of [`crate::user_agent`]; what a way says about the server is for the
//! judges.

use super::{ServerStage, ThirdParty};
use crate::bench::walk::{Ending, Signposts, Walk};
use crate::declared::Account;
use crate::user_agent::{
    FormError, Navigation, Page, REDIRECT_LIMIT, Site, UserAgent, UserCredentials, redirect_target,
};
use crate::wire::{Exchange, Request};
use secrecy::SecretString;
use url::Url;

/// Why a way cannot be gone.
#[derive(Debug, thiserror::Error)]
pub enum DeadEnd {
    /// There is no third party to go to.
    #[error("the third party is not played: the subject file has no [means.third_party]")]
    NotPlayed,
    /// The way led to another place than the third party; in words.
    #[error("{0}")]
    Elsewhere(String),
    /// The third party does not send the browser back.
    #[error("the third party was asked in a way that it cannot approve")]
    NotApproved,
    /// A page has a form that cannot be sent.
    #[error("{tried}: the form cannot be sent: {error}")]
    Form {
        /// What was tried.
        tried: String,
        /// Why not.
        error: FormError,
    },
}

impl From<DeadEnd> for String {
    fn from(end: DeadEnd) -> Self {
        end.to_string()
    }
}

/// The ways of one scenario, which has the third party for itself meanwhile.
pub struct BrowserSession<'a> {
    pub(super) server: &'a ServerStage,
    pub(super) third_party: &'a ThirdParty,
    before: usize,
    seen: Vec<Exchange>,
    _turn: tokio::sync::MutexGuard<'a, ()>,
}

impl<'a> BrowserSession<'a> {
    /// Before any way; `before` exchanges of the scenario were there already.
    ///
    /// # Errors
    /// When the third party is not played.
    pub async fn new(server: &'a ServerStage, before: usize) -> Result<Self, DeadEnd> {
        let third_party = server.bench().third_party.as_ref().ok_or(DeadEnd::NotPlayed)?;
        let turn = third_party.turn().await;
        Ok(Self { server, third_party, before, seen: Vec::new(), _turn: turn })
    }

    /// What was exchanged since this was last asked.
    pub fn take_seen(&mut self) -> Vec<Exchange> {
        self.before += self.seen.len();
        std::mem::take(&mut self.seen)
    }

    /// Keeps an exchange, which gets its number.
    pub fn keep(&mut self, mut exchange: Exchange) -> Exchange {
        exchange.number = self.before + self.seen.len() + 1;
        self.seen.push(exchange.clone());
        exchange
    }

    pub(super) async fn send(&mut self, request: Request) -> Exchange {
        let exchange = self.server.send_bare(request).await;
        self.keep(exchange)
    }

    /// Sends `request` by `agent` and follows it to where the server lets go of the browser; logs in, once, where a page
    /// asks for it.
    pub async fn walk(
        &mut self,
        agent: &mut UserAgent,
        signposts: &Signposts,
        tried: &str,
        mut request: Navigation,
        from: Site,
    ) -> Walk {
        let (mut logged_in, mut left) = (false, REDIRECT_LIMIT);
        loop {
            let url = request.url.clone();
            let last = self.send(sent(tried, request)).await;
            if let Some(response) = last.response() {
                agent.take(&url, &response.headers);
            }
            left -= 1;
            let ending = Ending::of(&last, signposts);
            let login = if logged_in { None } else { login(agent, &url, &last, &ending) };
            logged_in |= login.is_some();
            request = match (login, ending) {
                (Some(login), _) if left > 0 => login,
                (_, Ending::Onward(target)) if left > 0 => agent.open(&target, from),
                (_, ending) => return Walk { tried: tried.to_owned(), last, ending },
            };
        }
    }

    /// The port at which the third party is played.
    #[must_use]
    pub fn third_party_port(&self) -> u16 {
        self.third_party.port()
    }

    /// Every token that the third party issued.
    #[must_use]
    pub fn marks(&self) -> Vec<String> {
        self.third_party.marks()
    }

    /// Ends every session at the third party.
    pub fn end_third_party_sessions(&self) {
        self.third_party.revoke_all();
    }

    /// Visits the third party, which approves, and tells to which URL of the server it sends the browser back.
    ///
    /// # Errors
    /// When it does not.
    pub async fn approve(&mut self, walk: &Walk) -> Result<Url, DeadEnd> {
        let Ending::ThirdParty(url) = &walk.ending else { return Err(DeadEnd::Elsewhere(walk.shown())) };
        let approved = self.send(Request::get("the third party approves", url.as_str())).await;
        let back = approved.response().and_then(|response| redirect_target(url, &response.headers).ok());
        back.ok_or(DeadEnd::NotApproved)
    }
}

/// The login form that an exchange with `url` ended at, filled in, when the user has something to type.
fn login(agent: &UserAgent, url: &Url, exchange: &Exchange, ending: &Ending) -> Option<Navigation> {
    agent.user.as_ref().filter(|_| *ending == Ending::Page)?;
    let page = Page::of_body(&exchange.response()?.body);
    let form = page.password_form()?;
    agent.press(url, form, form.first_button(), Site::Same).ok()
}

/// A request of a browser, as it is sent.
fn sent(tried: &str, navigation: Navigation) -> Request {
    let Navigation { method, url, headers, body } = navigation;
    Request { headers, ..Request::new(tried, method, url).content(body) }
}

/// The browser of the user with an account. Without an account, or where the password is not at hand, it cannot log in.
#[must_use]
pub fn browser_of(account: Option<&Account>) -> UserAgent {
    let user = account.and_then(|account| {
        let password = std::env::var(account.password_env.as_deref()?).ok()?;
        Some(UserCredentials { username: account.username.clone()?, password: SecretString::from(password) })
    });
    user.map(UserAgent::of).unwrap_or_default()
}
