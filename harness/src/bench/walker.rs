//! Takes a browser through a server that sends its users to a third party and gets them back.
//!
//! What a way came to is a [`Walk`]; what it took is kept in order, with the numbers that a scenario will give it.

use super::{ServerStage, Site, ThirdParty, Turn, UserAgent};
use crate::judge::page::Page;
use crate::judge::walk::{Ending, Signposts, Walk};
use crate::wire::{Exchange, Request};
use http::header::LOCATION;
use url::Url;

/// How many redirects in a row are followed; browsers stop at twenty.
const REDIRECTS: usize = 20;

/// The ways of one scenario, which has the third party for itself meanwhile.
pub struct Walker<'a> {
    pub(super) server: &'a ServerStage,
    pub(super) third_party: &'a ThirdParty,
    before: usize,
    seen: Vec<Exchange>,
    turn: Turn<'a>,
}

impl<'a> Walker<'a> {
    /// Before any way; `before` exchanges of the scenario were there already.
    ///
    /// # Errors
    /// When nobody plays the third party.
    pub async fn new(server: &'a ServerStage, before: usize) -> Result<Self, String> {
        let played = "the third party is not played: the subject file has no [means.third_party]";
        let third_party = server.bench().third_party.as_ref().ok_or(played)?;
        let turn = third_party.turn(server.edit().await).await;
        Ok(Self { server, third_party, before, seen: Vec::new(), turn })
    }

    /// What was exchanged since this was last asked.
    pub fn take_seen(&mut self) -> Vec<Exchange> {
        self.before += self.seen.len();
        std::mem::take(&mut self.seen)
    }

    /// What the server and the third party exchanged since this was last asked.
    pub fn take_aside(&mut self) -> Vec<Exchange> {
        self.turn.take_seen()
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
    pub async fn walk(&mut self, agent: &mut UserAgent, signposts: &Signposts, request: Request, from: Site) -> Walk {
        let (tried, mut request, mut logged_in, mut left) = (request.label(), request, false, REDIRECTS);
        loop {
            let last = self.send(request).await;
            if let Some(response) = last.response() {
                agent.take(&last.request.url, response);
            }
            left -= 1;
            let ending = Ending::of(&last, signposts);
            let login = if logged_in { None } else { login(agent, &last, &ending) };
            logged_in |= login.is_some();
            request = match (login, ending) {
                (Some(login), _) if left > 0 => login,
                (_, Ending::Onward(target)) if left > 0 => agent.open(&tried, &target, from),
                (_, ending) => return Walk { tried, last, ending },
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
    pub async fn approve(&mut self, walk: &Walk) -> Result<Url, String> {
        let Ending::ThirdParty(url) = &walk.ending else { return Err(walk.shown()) };
        let approved = self.send(Request::get("the third party approves", url.as_str())).await;
        let location = approved.response().and_then(|response| response.header_values(&LOCATION).into_iter().next());
        let back = location.and_then(|location| Url::parse(&location).ok());
        back.ok_or_else(|| "the third party was asked in a way that it cannot approve".to_owned())
    }
}

impl Drop for Walker<'_> {
    fn drop(&mut self) {
        self.server.count_changes(self.turn.changes());
    }
}

/// The login form that an exchange ended at, filled in, when the user has something to type.
fn login(agent: &UserAgent, exchange: &Exchange, ending: &Ending) -> Option<Request> {
    agent.typed.as_ref().filter(|_| *ending == Ending::Page)?;
    let page = Page::of(exchange.response()?);
    let url = Url::parse(&exchange.request.url).ok()?;
    let form = page.login()?;
    agent.press(&exchange.request.label(), &url, form, form.buttons.first(), Site::Same).ok()
}
