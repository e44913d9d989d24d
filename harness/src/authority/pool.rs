//! Tokens of one user pool: genuine ones by logging in, forged ones from those.
//!
//! The same code serves the embedded emulator, whose signing key the harness holds, and real Cognito, whose key it
//! does not hold. What a real pool can be brought to issue by logging in for another resource, or for none, is issued
//! by the pool and not forged.

use super::forge::{self, Draft, Facts, Forgery, PublicKey, scope};
use super::hosted::{Ask, FlowError, HostedLogin};
use super::{Authority, Cannot, Token};
use crate::wire::{Honest, Request};
use futures::future::BoxFuture;
use jsonwebtoken::EncodingKey;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use std::collections::HashMap;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::{Mutex, OnceCell};

const VALID: &str = "a valid token";
const ID_TOKEN: &str = "an ID token";

/// The tokens of one login.
#[derive(Clone)]
struct Tokens {
    access: SecretString,
    id: Option<SecretString>,
}

/// A user pool as a source of tokens.
pub struct PoolAuthority {
    login: HostedLogin,
    trusted: Option<EncodingKey>,
    description: String,
    bound: OnceCell<Tokens>,
    issued: Mutex<HashMap<String, Result<Token, Cannot>>>,
}

impl PoolAuthority {
    /// An authority over the pool that `login` logs in to; `trusted` is the pool's signing key, where it is held.
    #[must_use]
    pub fn new(login: HostedLogin, trusted: Option<EncodingKey>, description: String) -> Self {
        Self { login, trusted, description, bound: OnceCell::new(), issued: Mutex::default() }
    }

    /// The login by which genuine tokens are obtained.
    #[must_use]
    pub fn login(&self) -> &HostedLogin {
        &self.login
    }

    async fn make(&self, name: &str) -> Result<Token, Cannot> {
        let raw = match name {
            VALID => self.bound(name).await?.access.clone(),
            ID_TOKEN => {
                let none = || cannot(name, "the login yields no ID token");
                self.bound(name).await?.id.clone().ok_or_else(none)?
            }
            name if scope::asked_for(name).is_some() => self.scoped(name).await?,
            name => {
                let forgery = forge::find(name).ok_or_else(|| Cannot::Unknown(name.to_owned()))?;
                self.forged(forgery).await?
            }
        };
        Ok(Token { name: name.to_owned(), raw })
    }

    async fn bound(&self, name: &str) -> Result<&Tokens, Cannot> {
        let resource = self.login.pool.resource.clone();
        self.bound
            .get_or_try_init(|| async { self.log_in(Some(&resource)).await })
            .await
            .map_err(|error| cannot(name, &error.to_string()))
    }

    async fn log_in(&self, resource: Option<&str>) -> Result<Tokens, FlowError> {
        self.log_in_for(Ask { resource, ..Ask::default() }).await
    }

    async fn log_in_for(&self, ask: Ask<'_>) -> Result<Tokens, FlowError> {
        let flow = self.login.run(ask, &Honest).await?;
        let response = flow.redemption.response().ok_or(FlowError::NoToken(0))?;
        let document = response.json().unwrap_or_default();
        let token = |member: &str| document.get(member).and_then(Value::as_str).map(SecretString::from);
        let access = token("access_token").ok_or(FlowError::NoToken(response.status))?;
        Ok(Tokens { access, id: token("id_token") })
    }

    /// A token with another scope claim: forged where the key is held, else by a login that asks for those scopes.
    async fn scoped(&self, name: &str) -> Result<SecretString, Cannot> {
        let because = |error: &dyn std::fmt::Display| cannot(name, &error.to_string());
        let claim = scope::asked_for(name).unwrap_or_default();
        if self.trusted.is_some() {
            let genuine = self.bound(name).await?.access.clone();
            let facts = self.facts(genuine.expose_secret()).await.map_err(|error| because(&error))?;
            return scope::forge(claim, genuine.expose_secret(), &facts).map_err(|error| because(&error));
        }
        let resource = self.login.pool.resource.clone();
        let ask = Ask { resource: Some(&resource), scopes: Some(claim), ..Ask::default() };
        let tokens = self.log_in_for(ask).await.map_err(|error| because(&error))?;
        scope::grants_exactly(tokens.access.expose_secret(), claim)
            .then_some(tokens.access)
            .ok_or_else(|| cannot(name, "the authority put other scopes into the token"))
    }

    async fn forged(&self, forgery: &Forgery) -> Result<SecretString, Cannot> {
        let because = |error: &dyn std::fmt::Display| cannot(forgery.name, &error.to_string());
        let genuine = self.bound(forgery.name).await?.access.clone();
        let facts = self.facts(genuine.expose_secret()).await.map_err(|error| because(&error))?;
        if self.trusted.is_none() {
            let mut draft = Draft::from_genuine(genuine.expose_secret()).map_err(|error| because(&error))?;
            (forgery.alter)(&mut draft, &facts);
            if let Some(audience) = draft.audience_alone().map_err(|error| because(&error))? {
                let tokens = self.log_in(audience.as_deref()).await.map_err(|error| because(&error))?;
                return carries(&tokens.access, audience.as_deref())
                    .then_some(tokens.access)
                    .ok_or_else(|| cannot(forgery.name, "the authority put another audience into the token"));
            }
        }
        forge::forge(forgery, genuine.expose_secret(), &facts).map_err(|error| because(&error))
    }

    async fn facts(&self, genuine: &str) -> Result<Facts, forge::ForgeError> {
        let pool = &self.login.pool;
        let key_id = Draft::from_genuine(genuine)?.header.get("kid").cloned().unwrap_or_default();
        let request = Request::get("the issuer's keys", pool.endpoints.jwks_uri.as_str());
        let (exchange, _) = self.login.sender.send(request, &Honest).await;
        let keys = exchange.response().and_then(|response| response.json()).unwrap_or_default();
        let key = keys
            .get("keys")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .find(|key| key.get("kid") == Some(&key_id));
        let member = |name: &str| {
            let value = key.and_then(|key| key.get(name)).and_then(Value::as_str);
            value.map(str::to_owned).ok_or(forge::ForgeError::PublicKey)
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs());
        Ok(Facts {
            resource: pool.resource.clone(),
            issuer: pool.issuer.clone(),
            client_id: pool.client_id.clone(),
            public: PublicKey { n: member("n")?, e: member("e")? },
            trusted: self.trusted.clone(),
            now: i64::try_from(now).unwrap_or(i64::MAX),
        })
    }
}

fn cannot(name: &str, reason: &str) -> Cannot {
    Cannot::Issue { name: name.to_owned(), reason: reason.to_owned() }
}

fn carries(token: &SecretString, audience: Option<&str>) -> bool {
    let claims = Draft::from_genuine(token.expose_secret()).map(|draft| draft.claims).unwrap_or_default();
    claims.get("aud").map(Value::as_str) == audience.map(Some)
}

impl Authority for PoolAuthority {
    fn issuer(&self) -> &str {
        &self.login.pool.issuer
    }

    fn client_id(&self) -> &str {
        &self.login.pool.client_id
    }

    fn describe(&self) -> String {
        self.description.clone()
    }

    fn issue<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Token, Cannot>> {
        Box::pin(async move {
            let mut issued = self.issued.lock().await;
            if let Some(known) = issued.get(name) {
                return known.clone();
            }
            let made = self.make(name).await;
            issued.insert(name.to_owned(), made.clone());
            made
        })
    }
}
