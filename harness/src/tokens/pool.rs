//! Tokens of one user pool: genuine ones by logging in, forged ones from those.
//!
//! The same code serves the embedded emulator, whose signing key the harness holds, and real Cognito, whose key it
//! does not hold. What a real pool can be brought to issue by logging in for another resource, or for none, is issued
//! by the pool and not forged.

use super::forge;
use super::forge::{Draft, Facts, ForgeError, ForgeryDetails, PublicKey, scope};
use super::issued::Issued;
use super::{Authority, Cannot, OF_PROXY, Token};
use crate::oauth_client::HostedLogin;
use crate::oauth_client::Tokens;
use crate::oauth_client::{Ask, FlowError};
use crate::token_name::{ForgeryName, Genuine, OTHER_USER, ScopeClaim, TokenName};
use crate::wire::{Honest, Request};
use futures::future::BoxFuture;
use jsonwebtoken::EncodingKey;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::OnceCell;

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

    async fn make(&self, name: &TokenName) -> Result<Token, Cannot> {
        let raw = match name {
            TokenName::Genuine(genuine) => self.genuine(*genuine, name).await?,
            TokenName::Scoped(scopes) => self.scoped(scopes, name).await?,
            TokenName::Forged(forgery) => self.forged(*forgery, ForgeryDetails::default()).await?,
            TokenName::OfProxy => return Err(Cannot::inapplicable(name, OF_PROXY)),
        };
        Ok(Token { name: name.clone(), raw })
    }

    async fn genuine(&self, genuine: Genuine, name: &TokenName) -> Result<SecretString, Cannot> {
        match genuine {
            Genuine::Valid => Ok(self.bound(name).await?.access.clone()),
            Genuine::OtherUser => self.of_another_user().await,
            Genuine::IdToken => {
                let none = || Cannot::inapplicable(name, "the login yields no ID token");
                self.bound(name).await?.id.clone().ok_or_else(none)
            }
            Genuine::RefreshToken => {
                let none = || Cannot::inapplicable(name, "the login yields no refresh token");
                self.bound(name).await?.refresh.clone().ok_or_else(none)
            }
            Genuine::AuthorizationCode => {
                let code = self.login.code_flow().code(Ask::default()).await;
                code.map_err(|error| Cannot::issue(name, error.to_string()))
            }
            Genuine::Unanswered => Err(Cannot::inapplicable(
                name,
                "tokens of a user pool are JWTs, and no server asks the pool about them",
            )),
            Genuine::Revoked => {
                let reason = "tokens of a user pool are JWTs, and revocation shows at the issuer alone";
                Err(Cannot::inapplicable(name, reason))
            }
            Genuine::SignedByOtherIssuer | Genuine::OfOtherIssuer => {
                Err(Cannot::inapplicable(name, "the server is set up to trust one issuer"))
            }
        }
    }

    async fn bound(&self, name: &TokenName) -> Result<&Tokens, Cannot> {
        let resource = self.login.pool.resource.clone();
        self.bound
            .get_or_try_init(|| async { self.log_in(Some(&resource)).await })
            .await
            .map_err(|error| Cannot::issue(name, error.to_string()))
    }

    async fn of_another_user(&self) -> Result<SecretString, Cannot> {
        let mut login = HostedLogin { screenshot: None, ..self.login.clone() };
        let second = login.pool.second_user.clone();
        login.pool.user = second.ok_or_else(|| Cannot::issue(&OTHER_USER, "there is no second user"))?;
        let ask = Ask { resource: Some(&login.pool.resource), ..Ask::default() };
        let tokens = login.code_flow().tokens(ask).await;
        tokens.map(|tokens| tokens.access).map_err(|error| Cannot::issue(&OTHER_USER, error.to_string()))
    }

    async fn log_in(&self, resource: Option<&str>) -> Result<Tokens, FlowError> {
        self.login.code_flow().tokens(Ask { resource, ..Ask::default() }).await
    }

    /// A token with another scope claim: forged where the key is held, else by a login that asks for those scopes.
    async fn scoped(&self, scopes: &ScopeClaim, name: &TokenName) -> Result<SecretString, Cannot> {
        let because = |error: &dyn std::fmt::Display| Cannot::issue(name, error.to_string());
        let claim = scopes.claim.as_str();
        if self.trusted.is_some() {
            let genuine = self.bound(name).await?.access.clone();
            let facts = self
                .facts(genuine.expose_secret(), ForgeryDetails::default())
                .await
                .map_err(|error| because(&error))?;
            return scope::forge(claim, genuine.expose_secret(), &facts).map_err(|error| because(&error));
        }
        let resource = self.login.pool.resource.clone();
        let ask = Ask { resource: Some(&resource), scopes: Some(claim) };
        let tokens = self.login.code_flow().tokens(ask).await.map_err(|error| because(&error))?;
        scope::grants_exactly(tokens.access.expose_secret(), claim)
            .then_some(tokens.access)
            .ok_or_else(|| Cannot::issue(name, "the authority put other scopes into the token"))
    }

    async fn forged(&self, forgery: ForgeryName, particulars: ForgeryDetails) -> Result<SecretString, Cannot> {
        let name = &TokenName::Forged(forgery);
        let because = |error: &ForgeError| match error {
            ForgeError::NotAJwt | ForgeError::AnyAlgorithm | ForgeError::NoDifference => {
                Cannot::inapplicable(name, error.to_string())
            }
            error => Cannot::issue(name, error.to_string()),
        };
        let forgery = forge::find(forgery).map_err(|error| because(&error))?;
        let genuine = self.bound(name).await?.access.clone();
        let facts = self.facts(genuine.expose_secret(), particulars).await.map_err(|error| because(&error))?;
        if self.trusted.is_none() {
            let mut draft = Draft::from_genuine(genuine.expose_secret()).map_err(|error| because(&error))?;
            forgery.alter(&mut draft, &facts).map_err(|error| because(&error))?;
            if let Some(audience) = draft.audience_alone().map_err(|error| because(&error))? {
                return self.bound_to(name, audience).await;
            }
        }
        forge::forge(&forgery, genuine.expose_secret(), &facts).map_err(|error| because(&error))
    }

    /// A token that the authority itself issues for this audience.
    async fn bound_to(&self, name: &TokenName, audience: Option<String>) -> Result<SecretString, Cannot> {
        let tokens = self.log_in(audience.as_deref()).await.map_err(|error| Cannot::issue(name, error.to_string()))?;
        let otherwise = || Cannot::issue(name, "the authority put another audience into the token");
        carries(&tokens.access, audience.as_deref()).then_some(tokens.access).ok_or_else(otherwise)
    }

    async fn facts(&self, genuine: &str, particulars: ForgeryDetails) -> Result<Facts, ForgeError> {
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

    fn issue<'a>(&'a self, name: &'a TokenName) -> BoxFuture<'a, Result<Token, Cannot>> {
        Box::pin(self.issued.once(name, self.make(name)))
    }

    fn forge_anew(&self, forgery: ForgeryName, particulars: ForgeryDetails) -> BoxFuture<'_, Result<Token, Cannot>> {
        Box::pin(async move {
            let raw = self.forged(forgery, particulars).await?;
            Ok(Token { name: TokenName::Forged(forgery), raw })
        })
    }
}
