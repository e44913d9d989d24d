//! The sessions that scenarios share at revisions that have sessions: one for each token about which nothing is wrong. A
//! session may be good only for the token that opened it, which is judged in one place; a scenario about something else
//! must not fail over it. A session that the server has ended meanwhile is opened anew.

use crate::bench::{Credential, Placement, ServerStage};
use crate::mcp::{Operation, SESSION_ID};
use crate::protocol::reply;
use crate::token_name::{Genuine, TokenName, VALID};
use crate::tokens::forge::{is_of_machine, is_renewed};
use crate::tokens::token;
use crate::wire::{Exchange, Purpose, Request};
use http::HeaderValue;
use secrecy::ExposeSecret as _;
use tokio::sync::{Mutex, OnceCell};

/// What requests that the bench sends for its own sake are for.
const LIVES: &str = "whether a session is still there";
const BINDS: &str = "whether a session is good for another token of its user";

/// The open sessions, and who opened them.
#[derive(Debug, Default)]
pub(crate) struct SharedSessions {
    open: Mutex<Vec<Shared>>,
    binds: OnceCell<bool>,
}

/// A session of one token; none where the server opens none for it.
#[derive(Debug)]
struct Shared {
    owner: Credential,
    id: Option<String>,
    /// The ids that the session had before the server ended it.
    former: Vec<String>,
}

/// Whose session a request belongs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    /// The valid token's.
    Valid,
    /// The same, unless sessions are good for the very token only that opened them: then its own.
    ValidUnlessBound,
    /// Its own: nothing is wrong with it.
    Own,
    /// That of a machine, about which nothing is wrong.
    Machine,
}

fn owner_of(presented: Option<(&TokenName, &Placement)>) -> Owner {
    let Some((name, Placement::Header(_))) = presented else { return Owner::Valid };
    match name {
        TokenName::Genuine(Genuine::OtherUser | Genuine::OfOtherIssuer) | TokenName::Scoped(_) => Owner::Own,
        TokenName::Forged(name) if is_of_machine(*name) => Owner::Machine,
        TokenName::Forged(name) if is_renewed(*name) => Owner::Own,
        TokenName::Genuine(Genuine::Valid) if presented.is_some_and(|(_, placed)| *placed == Placement::bearer()) => {
            Owner::Valid
        }
        _ => Owner::ValidUnlessBound,
    }
}

/// Whether two credentials are the same bytes at the same place.
fn same(one: &Credential, other: &Credential) -> bool {
    one.placement == other.placement && one.token.raw.expose_secret() == other.token.raw.expose_secret()
}

impl ServerStage {
    /// The session for a request that presents this; none where there are no sessions.
    pub(crate) async fn session_for(&self, presented: Option<&Credential>) -> Option<String> {
        if self.revision().is_stateless() {
            return None;
        }
        let owner = owner_of(presented.map(|credential| (&credential.token.name, &credential.placement)));
        let own = match (owner, presented) {
            (Owner::Own, Some(own)) => self.session_of(own).await,
            (Owner::Machine, _) => match self.token(token!("a token by client credentials")).await {
                Ok(machine) => self.session_of(&Credential::bearer(machine)).await,
                Err(_) => None,
            },
            (Owner::ValidUnlessBound, Some(own)) if self.binds_sessions_to_tokens().await => self.session_of(own).await,
            _ => None,
        };
        match own {
            Some(session) => Some(session),
            None => self.session_of(&Credential::bearer(self.token(&VALID).await.ok()?)).await,
        }
    }

    async fn session_of(&self, owner: &Credential) -> Option<String> {
        let mut open = self.sessions.open.lock().await;
        if let Some(known) = open.iter().find(|known| same(&known.owner, owner)) {
            return known.id.clone();
        }
        let id = self.open_one(owner).await;
        // Where another token has a session and this one has not, it may have one later: a key may be new to the server.
        if id.is_some() || open.iter().all(|known| known.id.is_none()) {
            open.push(Shared { owner: owner.clone(), id: id.clone(), former: Vec::new() });
        }
        id
    }

    /// Opens a session, which becomes part of what no scenario shows.
    pub(crate) async fn open_one(&self, owner: &Credential) -> Option<String> {
        if self.revision().is_stateless() {
            return None;
        }
        let (opened, session, initialized) = self.open_session_with(owner).await;
        let mut opening = self.opening.lock().await;
        opening.push(opened);
        opening.push(initialized);
        session
    }

    /// Whether a session is good for the very token only that opened it.
    pub(crate) async fn binds_sessions_to_tokens(&self) -> bool {
        *self.sessions.binds.get_or_init(|| self.find_whether_it_binds()).await
    }

    async fn find_whether_it_binds(&self) -> bool {
        let second = token!("a token that the same user got later");
        let (Ok(first), Ok(second)) = (self.token(&VALID).await, self.token(second).await) else { return false };
        let (first, second) = (Credential::bearer(first), Credential::bearer(second));
        let Some(session) = self.open_session_with(&first).await.1 else { return false };
        let list = self.guarded();
        let serves = async |session: Option<String>| {
            let mut request = self.dialect(session).request(&list);
            second.put_on(&mut request);
            request.purpose = Purpose::from(BINDS);
            self.transmit(request, &self.bench().sender).await.response().is_some_and(reply::is_accepted)
        };
        if serves(Some(session)).await {
            return false;
        }
        let own = self.open_session_with(&second).await.1;
        own.is_some() && serves(own).await
    }

    /// The request once more in a new session, where the server has ended the one that it names.
    pub(crate) async fn renewed(&self, exchange: &Exchange) -> Option<Request> {
        exchange.response().filter(|response| response.status == 404)?;
        let named = exchange.request.headers.get(SESSION_ID)?.to_str().ok()?;
        let mut open = self.sessions.open.lock().await;
        let shared = open
            .iter_mut()
            .find(|shared| shared.id.as_deref() == Some(named) || shared.former.iter().any(|former| former == named))?;
        if shared.id.as_deref() == Some(named) {
            if self.lives(&shared.owner, named).await {
                return None;
            }
            let renewed = self.open_one(&shared.owner).await?;
            shared.former.extend(shared.id.replace(renewed));
        }
        let id = HeaderValue::from_str(shared.id.as_deref()?).ok()?;
        let mut request = exchange.request.clone();
        request.headers.insert(SESSION_ID, id);
        Some(request)
    }

    /// Whether the session still serves the token that opened it.
    async fn lives(&self, owner: &Credential, session: &str) -> bool {
        let mut request = self.dialect(Some(session.to_owned())).request(&Operation::ToolsList);
        owner.put_on(&mut request);
        request.purpose = Purpose::from(LIVES);
        let exchange = self.transmit(request, &self.bench().sender).await;
        exchange.response().is_none_or(|response| response.status != 404)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token_name::OTHER_USER;
    use rstest::rstest;

    #[rstest]
    #[case::valid(&VALID, "Bearer ", Owner::Valid)]
    #[case::valid_in_other_case(&VALID, "bearer ", Owner::ValidUnlessBound)]
    #[case::another_user(&OTHER_USER, "Bearer ", Owner::Own)]
    #[case::renewed(token!("a token that the same user got later"), "Bearer ", Owner::Own)]
    #[case::forged(token!("a token for another host"), "Bearer ", Owner::ValidUnlessBound)]
    #[case::machine(token!("a token by client credentials for another host"), "Bearer ", Owner::Machine)]
    fn a_token_belongs_in_its_own_session_or_in_that_of_what_it_was_made_of(
        #[case] name: &TokenName,
        #[case] scheme: &str,
        #[case] owner: Owner,
    ) {
        assert_eq!(owner_of(Some((name, &Placement::Header(scheme.to_owned())))), owner);
        assert_eq!(owner_of(Some((name, &Placement::Query("access_token")))), Owner::Valid);
        assert_eq!(owner_of(None), Owner::Valid);
    }
}
