//! What sign-ins leave behind: browser sessions, codes, grants and refresh tokens, each until it expires.
//!
//! Secrets are kept as fingerprints only. Time comes in as an argument.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use thiserror::Error;

use super::ids::Fingerprint;
use super::{ClientId, GrantId, Rotation, Sub};
use crate::random;

/// The life of an authorization code.
const CODE_LIFETIME: Duration = Duration::from_secs(5 * 60);
/// The life of a browser session. It is not renewed by use.
const SESSION_LIFETIME: Duration = Duration::from_secs(60 * 60);

/// The sign-ins of one pool.
#[derive(Debug, Default)]
pub(crate) struct SignIns {
    codes: HashMap<Fingerprint, (PendingCode, SystemTime)>,
    sessions: HashMap<Fingerprint, (Session, SystemTime)>,
    refresh_tokens: HashMap<Fingerprint, RefreshToken>,
    grants: HashMap<GrantId, Grant>,
}

/// A user who has signed in with a browser.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) sub: Sub,
    pub(crate) signed_in: SystemTime,
}

/// What a code stands for until it is redeemed.
#[derive(Clone, Debug)]
pub(crate) struct PendingCode {
    pub(crate) client: ClientId,
    pub(crate) redirect_uri: String,
    /// The PKCE challenge (method S256), if there was one.
    pub(crate) challenge: Option<String>,
    pub(crate) nonce: Option<String>,
    pub(crate) scopes: Vec<String>,
    pub(crate) resource: Option<String>,
    pub(crate) session: Session,
}

/// What a user granted to a client: the part that all its tokens have in common.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) id: GrantId,
    pub(crate) event_id: String,
    pub(crate) client: ClientId,
    pub(crate) sub: Sub,
    pub(crate) scopes: Vec<String>,
    pub(crate) resource: Option<String>,
    pub(crate) signed_in: SystemTime,
    expires: SystemTime,
}

#[derive(Debug)]
struct RefreshToken {
    grant: GrantId,
    expires: SystemTime,
    replaced: Option<SystemTime>,
}

/// Why a refresh token is not honoured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum RefreshRefused {
    #[error("the refresh token is unknown or revoked")]
    Unknown,
    #[error("the refresh token has expired")]
    Expired,
    #[error("the refresh token was replaced by a newer one")]
    Replaced,
    #[error("the refresh token belongs to another client")]
    OtherClient,
}

impl SignIns {
    /// Starts a browser session and returns the value of its cookie.
    pub(crate) fn start_session(&mut self, session: Session, now: SystemTime) -> String {
        self.sessions.retain(|_, (_, expires)| *expires > now);
        let cookie = random::alphanumeric(48);
        self.sessions.insert(Fingerprint::of(&cookie), (session, now + SESSION_LIFETIME));
        cookie
    }

    pub(crate) fn session(&self, cookie: &str, now: SystemTime) -> Option<&Session> {
        let (session, expires) = self.sessions.get(&Fingerprint::of(cookie))?;
        (*expires > now).then_some(session)
    }

    pub(crate) fn end_session(&mut self, cookie: &str) {
        self.sessions.remove(&Fingerprint::of(cookie));
    }

    /// Issues a code.
    pub(crate) fn issue_code(&mut self, pending: PendingCode, now: SystemTime) -> String {
        self.codes.retain(|_, (_, expires)| *expires > now);
        let code = random::uuid();
        self.codes.insert(Fingerprint::of(&code), (pending, now + CODE_LIFETIME));
        code
    }

    /// Takes a code that was issued to `client` and is still good. It cannot be taken again.
    pub(crate) fn take_code(&mut self, code: &str, client: &ClientId, now: SystemTime) -> Option<PendingCode> {
        let fingerprint = Fingerprint::of(code);
        self.codes.get(&fingerprint).filter(|(pending, _)| pending.client == *client)?;
        let (pending, expires) = self.codes.remove(&fingerprint)?;
        (expires > now).then_some(pending)
    }

    /// Turns a redeemed code into a grant and its first refresh token.
    pub(crate) fn grant(&mut self, pending: &PendingCode, refresh: Duration, now: SystemTime) -> (Grant, String) {
        self.forget_expired_grants(now);
        let grant = Grant {
            id: random::uuid().into(),
            event_id: random::uuid(),
            client: pending.client.clone(),
            sub: pending.session.sub.clone(),
            scopes: pending.scopes.clone(),
            resource: pending.resource.clone(),
            signed_in: pending.session.signed_in,
            expires: now + refresh,
        };
        self.grants.insert(grant.id.clone(), grant.clone());
        let token = self.issue_refresh_token(&grant);
        (grant, token)
    }

    /// The grant behind a refresh token and, with rotation, the token that replaces it.
    ///
    /// Rotation does not lengthen the life: the replacement expires when the first token would have.
    pub(crate) fn refresh(
        &mut self,
        token: &str,
        client: &ClientId,
        rotation: Option<Rotation>,
        now: SystemTime,
    ) -> Result<(Grant, Option<String>), RefreshRefused> {
        let held = self.refresh_tokens.get_mut(&Fingerprint::of(token)).ok_or(RefreshRefused::Unknown)?;
        let grant = self.grants.get(&held.grant).cloned().ok_or(RefreshRefused::Unknown)?;
        if grant.client != *client {
            return Err(RefreshRefused::OtherClient);
        }
        if held.expires <= now {
            return Err(RefreshRefused::Expired);
        }
        let Some(rotation) = rotation else { return Ok((grant, None)) };
        if held.replaced.is_some_and(|at| now >= at + rotation.grace) {
            return Err(RefreshRefused::Replaced);
        }
        held.replaced.get_or_insert(now);
        let next = self.issue_refresh_token(&grant);
        Ok((grant, Some(next)))
    }

    /// Revokes the grant behind a refresh token and with it every token of that grant. Unknown tokens are no error (RFC 7009 section 2.2).
    pub(crate) fn revoke(&mut self, token: &str, client: &ClientId) -> Result<(), RefreshRefused> {
        let Some(held) = self.refresh_tokens.get(&Fingerprint::of(token)) else { return Ok(()) };
        let grant = held.grant.clone();
        if self.grants.get(&grant).is_some_and(|grant| grant.client != *client) {
            return Err(RefreshRefused::OtherClient);
        }
        self.forget_grant(&grant);
        Ok(())
    }

    /// The grant an access token came from, if it still stands.
    pub(crate) fn standing_grant(&self, id: &str) -> Option<&Grant> {
        self.grants.get(id)
    }

    /// Revokes everything a user granted. Browser sessions stay, as Amazon documents for global sign-out.
    pub(crate) fn sign_out(&mut self, sub: &Sub) {
        let of_user: Vec<_> =
            self.grants.values().filter(|grant| grant.sub == *sub).map(|grant| grant.id.clone()).collect();
        of_user.iter().for_each(|grant| self.forget_grant(grant));
    }

    /// Forgets a user who no longer exists.
    pub(crate) fn forget_user(&mut self, sub: &Sub) {
        self.sign_out(sub);
        self.sessions.retain(|_, (session, _)| session.sub != *sub);
        self.codes.retain(|_, (pending, _)| pending.session.sub != *sub);
    }

    fn issue_refresh_token(&mut self, grant: &Grant) -> String {
        let token = random::alphanumeric(96);
        let refresh = RefreshToken { grant: grant.id.clone(), expires: grant.expires, replaced: None };
        self.refresh_tokens.insert(Fingerprint::of(&token), refresh);
        token
    }

    fn forget_grant(&mut self, id: &GrantId) {
        self.grants.remove(id);
        self.refresh_tokens.retain(|_, token| token.grant != *id);
    }

    fn forget_expired_grants(&mut self, now: SystemTime) {
        self.grants.retain(|_, grant| grant.expires > now);
        let grants = &self.grants;
        self.refresh_tokens.retain(|_, token| grants.contains_key(&token.grant));
    }
}
