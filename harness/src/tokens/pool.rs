//! Tokens of one user pool: genuine ones by logging in, forged ones from those.
//!
//! The same code serves the embedded emulator, whose signing key the harness holds, and real Cognito, whose key it
//! does not hold. What a real pool can be brought to issue by logging in for another resource, or for none, is issued
//! by the pool and not forged.

use super::forge;
use super::forge::{Draft, Facts, ForgeError, Forgery, Particulars, PublicKey, scope};
use super::issued::Issued;
use super::{Authority, Cannot, OTHER_USER, Token, VALID};
use crate::oauth_client::HostedLogin;
use crate::oauth_client::Tokens;
use crate::oauth_client::{Ask, FlowError};
use crate::wire::{Honest, Request};
use futures::future::BoxFuture;
use jsonwebtoken::EncodingKey;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::OnceCell;

pub(crate) const ID_TOKEN: &str = "an ID token";
pub(crate) const REFRESH_TOKEN: &str = "a refresh token";
pub(crate) const REVOKED: &str = "a revoked token";
pub(crate) const OTHER_ISSUER: &str = "a token of one trusted issuer signed by another";
pub(crate) const OF_OTHER_ISSUER: &str = "a token of the other trusted issuer";
pub(crate) const CODE: &str = "an authorization code";

/// A user pool as a source of tokens.
pub struct PoolAuthority {
    login: HostedLogin,
    trusted: Option<EncodingKey>,
    description: String,
    bound: OnceCell<Tokens>,
    public: OnceCell<PublicKey>,
    issued: Issued,
}

impl PoolAuthority {
    /// An authority over the pool that `login` logs in to; `trusted` is the pool's signing key, where it is held.
    #[must_use]
    pub fn new(login: HostedLogin, trusted: Option<EncodingKey>, description: String) -> Self {
        Self { login, trusted, description, bound: OnceCell::new(), public: OnceCell::new(), issued: Issued::default() }
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
                let none = || inapplicable(name, "the login yields no ID token");
                self.bound(name).await?.id.clone().ok_or_else(none)?
            }
            OTHER_USER => self.of_another_user().await?,
            REFRESH_TOKEN => {
                let none = || inapplicable(name, "the login yields no refresh token");
                self.bound(name).await?.refresh.clone().ok_or_else(none)?
            }
            REVOKED => {
                let reason = "tokens of a user pool are JWTs, and revocation shows at the issuer alone";
                return Err(inapplicable(name, reason));
            }
            OTHER_ISSUER | OF_OTHER_ISSUER => {
                return Err(inapplicable(name, "the server is set up to trust one issuer"));
            }
            CODE => {
                self.login.code_flow().code(Ask::default()).await.map_err(|error| cannot(name, &error.to_string()))?
            }
            name if scope::asked_for(name).is_some() => self.scoped(name).await?,
            name => return self.make_for(name, Particulars::default()).await,
        };
        Ok(Token { name: name.to_owned(), raw })
    }

    async fn make_for(&self, name: &str, particulars: Particulars) -> Result<Token, Cannot> {
        let forgery = forge::find(name).ok_or_else(|| Cannot::Unknown(name.to_owned()))?;
        let raw = self.forged(&forgery, particulars).await?;
        Ok(Token { name: name.to_owned(), raw })
    }

    async fn bound(&self, name: &str) -> Result<&Tokens, Cannot> {
        let resource = self.login.pool.resource.clone();
        self.bound
            .get_or_try_init(|| async { self.log_in(Some(&resource)).await })
            .await
            .map_err(|error| cannot(name, &error.to_string()))
    }

    async fn of_another_user(&self) -> Result<SecretString, Cannot> {
        let mut login = HostedLogin { screenshot: None, ..self.login.clone() };
        let second = login.pool.second_user.clone();
        login.pool.user = second.ok_or_else(|| cannot(OTHER_USER, "there is no second user"))?;
        let ask = Ask { resource: Some(&login.pool.resource), ..Ask::default() };
        let tokens = login.code_flow().tokens(ask).await;
        tokens.map(|tokens| tokens.access).map_err(|error| cannot(OTHER_USER, &error.to_string()))
    }

    async fn log_in(&self, resource: Option<&str>) -> Result<Tokens, FlowError> {
        self.login.code_flow().tokens(Ask { resource, ..Ask::default() }).await
    }

    /// A token with another scope claim: forged where the key is held, else by a login that asks for those scopes.
    async fn scoped(&self, name: &str) -> Result<SecretString, Cannot> {
        let because = |error: &dyn std::fmt::Display| cannot(name, &error.to_string());
        let claim = scope::asked_for(name).unwrap_or_default();
        if self.trusted.is_some() {
            let genuine = self.bound(name).await?.access.clone();
            let facts =
                self.facts(genuine.expose_secret(), Particulars::default()).await.map_err(|error| because(&error))?;
            return scope::forge(claim, genuine.expose_secret(), &facts).map_err(|error| because(&error));
        }
        let resource = self.login.pool.resource.clone();
        let ask = Ask { resource: Some(&resource), scopes: Some(claim) };
        let tokens = self.login.code_flow().tokens(ask).await.map_err(|error| because(&error))?;
        scope::grants_exactly(tokens.access.expose_secret(), claim)
            .then_some(tokens.access)
            .ok_or_else(|| cannot(name, "the authority put other scopes into the token"))
    }

    async fn forged(&self, forgery: &Forgery, particulars: Particulars) -> Result<SecretString, Cannot> {
        let name = forgery.name.as_ref();
        let because = |error: &ForgeError| match error {
            ForgeError::NotAJwt | ForgeError::AnyAlgorithm => inapplicable(name, &error.to_string()),
            error => cannot(name, &error.to_string()),
        };
        let genuine = self.bound(name).await?.access.clone();
        let facts = self.facts(genuine.expose_secret(), particulars).await.map_err(|error| because(&error))?;
        if self.trusted.is_none() {
            let mut draft = Draft::from_genuine(genuine.expose_secret()).map_err(|error| because(&error))?;
            forgery.alter(&mut draft, &facts).map_err(|error| because(&error))?;
            if let Some(audience) = draft.audience_alone().map_err(|error| because(&error))? {
                return self.bound_to(name, audience).await;
            }
        }
        forge::forge(forgery, genuine.expose_secret(), &facts).map_err(|error| because(&error))
    }

    /// A token that the authority itself issues for this audience.
    async fn bound_to(&self, name: &str, audience: Option<String>) -> Result<SecretString, Cannot> {
        let tokens = self.log_in(audience.as_deref()).await.map_err(|error| cannot(name, &error.to_string()))?;
        let otherwise = || cannot(name, "the authority put another audience into the token");
        carries(&tokens.access, audience.as_deref()).then_some(tokens.access).ok_or_else(otherwise)
    }

    async fn facts(&self, genuine: &str, particulars: Particulars) -> Result<Facts, ForgeError> {
        let pool = &self.login.pool;
        let public = self.public.get_or_try_init(|| self.public_key(genuine)).await?.clone();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs());
        Ok(Facts {
            resource: pool.resource.clone(),
            issuer: pool.issuer.clone(),
            client_id: pool.client_id.clone(),
            public,
            trusted: self.trusted.clone(),
            now: i64::try_from(now).unwrap_or(i64::MAX),
            particulars,
        })
    }

    /// The key in the issuer's key set that the genuine token names.
    async fn public_key(&self, genuine: &str) -> Result<PublicKey, ForgeError> {
        let key_id = Draft::from_genuine(genuine)?.header.get("kid").cloned().unwrap_or_default();
        let request = Request::get("the issuer's keys", self.login.pool.endpoints.jwks_uri.as_str());
        let (exchange, _) = self.login.sender.send(request, &Honest).await;
        let keys = exchange.response().and_then(|response| response.json()).unwrap_or_default();
        let mut keys = keys.get("keys").and_then(Value::as_array).into_iter().flatten();
        let key = keys.find(|key| key.get("kid") == Some(&key_id));
        let member = |name: &str| key.and_then(|key| key.get(name)).and_then(Value::as_str).map(str::to_owned);
        Ok(PublicKey {
            n: member("n").ok_or(ForgeError::PublicKey)?,
            e: member("e").ok_or(ForgeError::PublicKey)?,
            algorithm: member("alg"),
        })
    }
}

fn cannot(name: &str, reason: &str) -> Cannot {
    Cannot::Issue { name: name.to_owned(), reason: reason.to_owned() }
}

fn inapplicable(name: &str, reason: &str) -> Cannot {
    Cannot::Inapplicable { name: name.to_owned(), reason: reason.to_owned() }
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
        Box::pin(self.issued.once(name, self.make(name)))
    }

    fn tailor<'a>(&'a self, name: &'a str, particulars: Particulars) -> BoxFuture<'a, Result<Token, Cannot>> {
        Box::pin(self.make_for(name, particulars))
    }
}
