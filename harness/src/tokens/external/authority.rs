//! Names of the feature files to tokens: genuine ones from the source, and forged ones as far as anybody could.
//!
//! What differs from a genuine token in its audience or its scopes alone is asked for, where the source takes wishes, and
//! is held against what came: an authorization server that does as it likes yields no such token.

use super::source::{Source, SourceError, granted};
use crate::oauth_client::Ask;
use crate::oauth_client::{FlowError, Tokens};
use crate::token_name::{ForgeryName, Genuine, OTHER_USER, ScopeClaim, TokenName};
use crate::tokens::forge;
use crate::tokens::forge::named::CLIENT_CREDENTIALS;
use crate::tokens::forge::{Draft, Facts, ForgeError, Forgery, ForgeryDetails, PublicKey};
use crate::tokens::issued::Issued;
use crate::tokens::{Authority, Cannot, OF_PROXY, Token};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use futures::future::BoxFuture;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::{Mutex, OnceCell};

/// No base64, so that forgeries which need the public key say that there is none.
const NO_KEY: &str = "?";
const NO_OTHER_USER: &str = "the other user's token is the same as the user's";

/// What is publicly known of the server and its issuer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Published {
    /// The identifier of the protected resource.
    pub resource: String,
    /// The issuer that the server's metadata names, if it names one.
    pub issuer: Option<String>,
    /// The scopes that the server names.
    pub scopes: Vec<String>,
    /// The issuer's JWK Set, if it could be read.
    pub keys: Option<Value>,
}

/// Somebody else's issuer.
pub struct ExternalAuthority {
    user: Source,
    other: Source,
    client_id: String,
    published: Published,
    bound: OnceCell<Tokens>,
    issued: Issued,
    secrets: Mutex<Vec<SecretString>>,
}

impl ExternalAuthority {
    /// An authority over the tokens of a user and of another one.
    #[must_use]
    pub fn new(user: Source, other: Source, client_id: String, published: Published) -> Self {
        let client_id = user.client_id().map_or(client_id, str::to_owned);
        let (bound, issued, secrets) = (OnceCell::new(), Issued::default(), Mutex::default());
        Self { user, other, client_id, published, bound, issued, secrets }
    }

    /// Gets the genuine token, where there is to be one, before anything depends on it.
    ///
    /// # Errors
    /// Why the login or the client credentials do not bring it.
    pub async fn prove(&self) -> Result<(), FlowError> {
        if !self.user.takes_wishes() {
            return Ok(());
        }
        match self.bound().await {
            Ok(_) => Ok(()),
            Err(SourceError::Flow(error)) => Err(error),
            Err(SourceError::Nothing(_)) => Ok(()),
        }
    }

    /// For whom its tokens are.
    #[must_use]
    pub fn resource(&self) -> &str {
        &self.published.resource
    }

    /// Every genuine token until now, to be kept out of sight.
    pub async fn secrets(&self) -> Vec<SecretString> {
        self.secrets.lock().await.clone()
    }

    async fn make(&self, name: &TokenName) -> Result<Token, Cannot> {
        let raw = match name {
            TokenName::Genuine(genuine) => self.issued_as(*genuine, name).await?,
            TokenName::Scoped(scopes) => self.scoped(scopes, name).await?,
            TokenName::Forged(CLIENT_CREDENTIALS) if matches!(self.user, Source::Machine(_)) => {
                self.genuine(name).await?.access.clone()
            }
            TokenName::Forged(forgery) => self.forged(*forgery, ForgeryDetails::default()).await?,
            TokenName::OfProxy => return Err(Cannot::inapplicable(name, OF_PROXY)),
        };
        Ok(Token { name: name.clone(), raw })
    }

    async fn issued_as(&self, genuine: Genuine, name: &TokenName) -> Result<SecretString, Cannot> {
        match genuine {
            Genuine::Valid => Ok(self.genuine(name).await?.access.clone()),
            Genuine::OtherUser => self.of_another_user().await,
            Genuine::IdToken => self.beside(name, |tokens| tokens.id.clone(), "the scope openid").await,
            Genuine::RefreshToken => {
                self.beside(name, |tokens| tokens.refresh.clone(), "the scope offline_access").await
            }
            Genuine::AuthorizationCode => self.code(name).await,
            Genuine::Revoked | Genuine::Unanswered => {
                Err(Cannot::issue(name, "whether the server asks its issuer about each token cannot be seen from here"))
            }
            Genuine::SignedByOtherIssuer | Genuine::OfOtherIssuer => {
                Err(Cannot::issue(name, "only the issuer can make it"))
            }
        }
    }

    async fn bound(&self) -> Result<&Tokens, SourceError> {
        let ask = Ask { resource: Some(&self.published.resource), ..Ask::default() };
        self.bound.get_or_try_init(|| async { Ok(self.remembered(self.user.tokens(ask).await?).await) }).await
    }

    /// The same tokens, which are to be kept out of sight from now on.
    async fn remembered(&self, tokens: Tokens) -> Tokens {
        let all = [Some(&tokens.access), tokens.id.as_ref(), tokens.refresh.as_ref()];
        self.secrets.lock().await.extend(all.into_iter().flatten().cloned());
        tokens
    }

    async fn asked(&self, name: &TokenName, source: &Source, ask: Ask<'_>) -> Result<Tokens, Cannot> {
        let tokens = source.tokens(ask).await.map_err(|error| Cannot::issue(name, error.to_string()))?;
        Ok(self.remembered(tokens).await)
    }

    async fn genuine(&self, name: &TokenName) -> Result<&Tokens, Cannot> {
        self.bound().await.map_err(|error| Cannot::issue(name, error.to_string()))
    }

    async fn of_another_user(&self) -> Result<SecretString, Cannot> {
        let ask = Ask { resource: Some(&self.published.resource), ..Ask::default() };
        let other = self.asked(&OTHER_USER, &self.other, ask).await?.access;
        let user = &self.genuine(&OTHER_USER).await?.access;
        match is_of_the_same(user.expose_secret(), other.expose_secret()) {
            true => Err(Cannot::issue(&OTHER_USER, NO_OTHER_USER)),
            false => Ok(other),
        }
    }

    /// A token that comes beside the access token, if it is asked for in the right way.
    async fn beside(
        &self,
        name: &TokenName,
        pick: fn(&Tokens) -> Option<SecretString>,
        wish: &str,
    ) -> Result<SecretString, Cannot> {
        let tokens = self.genuine(name).await?;
        let reason = match &self.user {
            Source::Login(_) => format!("the login brought none; some authorization servers want {wish} for it"),
            Source::Machine(_) => "client credentials bring none".to_owned(),
            _ => "none was given".to_owned(),
        };
        pick(tokens).ok_or_else(|| Cannot::issue(name, reason))
    }

    async fn code(&self, name: &TokenName) -> Result<SecretString, Cannot> {
        let Source::Login(flow) = &self.user else { return Err(Cannot::issue(name, "it takes a login to get one")) };
        let ask = Ask { resource: Some(&self.published.resource), ..Ask::default() };
        flow.code(ask).await.map_err(|error| Cannot::issue(name, error.to_string()))
    }

    /// A token with other scopes, asked for; only if it carries them and no others.
    async fn scoped(&self, scopes: &ScopeClaim, name: &TokenName) -> Result<SecretString, Cannot> {
        let claim = scopes.claim.as_str();
        if !self.user.takes_wishes() {
            return Err(Cannot::issue(name, "only the issuer can make it"));
        }
        let ask = Ask { resource: Some(&self.published.resource), scopes: Some(claim) };
        let tokens = self.asked(name, &self.user, ask).await?;
        let wanted = claim.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
        if granted(&tokens, claim) == wanted {
            return Ok(tokens.access);
        }
        Err(Cannot::issue(name, "the authorization server put other scopes into the token"))
    }

    async fn forged(&self, forgery: ForgeryName, particulars: ForgeryDetails) -> Result<SecretString, Cannot> {
        let name = &TokenName::Forged(forgery);
        let because = |error: ForgeError| match error {
            ForgeError::NoDifference => Cannot::inapplicable(name, error.to_string()),
            error => Cannot::issue(name, error.to_string()),
        };
        let forgery = forge::find(forgery).map_err(because)?;
        let template = self.template().await;
        let facts = self.facts(&template, particulars);
        match self.other_audience(&forgery, name, &template, &facts).await? {
            Some(issued) => Ok(issued),
            None => forge::forge(&forgery, &template, &facts).map_err(because),
        }
    }

    /// The token, if its audience alone is different and another one can be asked for.
    async fn other_audience(
        &self,
        forgery: &Forgery,
        name: &TokenName,
        template: &str,
        facts: &Facts,
    ) -> Result<Option<SecretString>, Cannot> {
        if !self.user.takes_wishes() {
            return Ok(None);
        }
        let draft = Draft::from_genuine(template).and_then(|mut draft| {
            forgery.alter(&mut draft, facts)?;
            draft.audience_alone()
        });
        let audience = match draft {
            Ok(Some(audience)) => audience,
            Ok(None) => return Ok(None),
            Err(ForgeError::NoDifference) => {
                return Err(Cannot::inapplicable(name, ForgeError::NoDifference.to_string()));
            }
            Err(error) => return Err(Cannot::issue(name, error.to_string())),
        };
        let ask = Ask { resource: audience.as_deref(), ..Ask::default() };
        let tokens = self.asked(name, &self.user, ask).await?;
        let claims = Draft::from_genuine(tokens.access.expose_secret()).map(|draft| draft.claims);
        let Ok(claims) = claims else { return Err(Cannot::issue(name, "the token does not say for whom it is")) };
        let as_asked = claims.get("aud").map(Value::as_str) == audience.as_deref().map(Some);
        let otherwise = || Cannot::issue(name, "the authorization server put another audience into the token");
        as_asked.then_some(Some(tokens.access)).ok_or_else(otherwise)
    }

    /// The genuine token where it is a JWT; otherwise a token as the issuer might write it, signed by nobody.
    async fn template(&self) -> String {
        let genuine = self.bound().await.ok().map(|tokens| tokens.access.expose_secret());
        match genuine.filter(|token| Draft::from_genuine(token).is_ok()) {
            Some(token) => token.to_owned(),
            None => self.plausible(),
        }
    }

    fn plausible(&self) -> String {
        let key = self.key(None).and_then(|key| key.get("kid")?.as_str());
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": key.unwrap_or("1") });
        let claims = json!({
            "iss": self.issuer(),
            "sub": "alice",
            "aud": self.published.resource,
            "client_id": self.client_id,
            "scope": self.published.scopes.join(" "),
            "token_use": "access",
            "iat": now(),
            "exp": now() + 3600,
            "jti": "5f0c3b1e-7a52-4c0e-9d0b-8a4f6f3e2d11",
        });
        let part = |value: Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.{}", part(header), part(claims), BASE64_URL_SAFE_NO_PAD.encode([0x5a; 256]))
    }

    fn facts(&self, template: &str, particulars: ForgeryDetails) -> Facts {
        let header = Draft::from_genuine(template).map(|draft| draft.header).unwrap_or_default();
        let key = self.key(header.get("kid").and_then(Value::as_str));
        let member = |name: &str| key.and_then(|key| key.get(name)?.as_str()).map(str::to_owned);
        let needed = |name: &str| member(name).unwrap_or_else(|| NO_KEY.to_owned());
        Facts {
            resource: self.published.resource.clone(),
            issuer: self.issuer().to_owned(),
            client_id: self.client_id.clone(),
            public: PublicKey { n: needed("n"), e: needed("e"), algorithm: member("alg") },
            trusted: None,
            now: now(),
            particulars,
        }
    }

    /// The issuer's RSA key with this identifier, or its first one where there is none.
    fn key(&self, id: Option<&str>) -> Option<&Value> {
        let keys = self.published.keys.as_ref()?.get("keys")?.as_array()?;
        let rsa = || keys.iter().filter(|key| key.get("kty").and_then(Value::as_str) == Some("RSA"));
        let named = |key: &&Value| id.is_some() && key.get("kid").and_then(Value::as_str) == id;
        rsa().find(named).or_else(|| rsa().next())
    }
}

/// Whether two tokens are of the same user: the same token, or the same subject of the same issuer.
fn is_of_the_same(one: &str, other: &str) -> bool {
    let subject = |token: &str| {
        let claims = Draft::from_genuine(token).ok()?.claims;
        Some((claims.get("iss").cloned(), claims.get("sub").cloned()?))
    };
    one == other || subject(one).is_some_and(|subject_of_one| subject(other) == Some(subject_of_one))
}

fn now() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs());
    i64::try_from(elapsed).unwrap_or(i64::MAX)
}

impl Authority for ExternalAuthority {
    fn issuer(&self) -> &str {
        self.published.issuer.as_deref().unwrap_or("https://issuer.example")
    }

    fn client_id(&self) -> &str {
        &self.client_id
    }

    fn describe(&self) -> String {
        let how = match &self.user {
            Source::Nothing(_) | Source::Given(_) => "",
            Source::Login(_) => ", by logging in",
            Source::Machine(_) => ", by client credentials",
        };
        match &self.published.issuer {
            Some(issuer) => format!("{issuer}, whose key the harness does not hold{how}"),
            None => "none that the server's metadata names".to_owned(),
        }
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rstest::rstest;

    fn without_token() -> ExternalAuthority {
        let nothing = || Source::Nothing("no token was given".to_owned());
        ExternalAuthority::new(nothing(), nothing(), "c".to_owned(), Published::default())
    }

    fn of(subject: &str, signature: &str) -> SecretString {
        let part = |value: Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.{signature}", part(json!({ "alg": "RS256" })), part(json!({ "sub": subject, "iss": "i" })))
            .into()
    }

    #[rstest]
    #[case("32 random bytes")]
    #[case("a token signed by another key")]
    #[case("an unsigned token with alg none")]
    #[case("a token with a broken signature")]
    #[tokio::test]
    async fn forges_without_a_genuine_token_what_anybody_could(#[case] name: TokenName) {
        assert!(!without_token().issue(&name).await.unwrap().raw.expose_secret().is_empty());
    }

    #[rstest]
    #[case("a valid token", "no token was given")]
    #[case("a token that has expired", "private key of the issuer")]
    #[case("a token signed with HS256 and the public key", "public key of the issuer")]
    #[case("an ID token", "no token was given")]
    #[case("a revoked token", "cannot be seen from here")]
    #[case("a valid token with the scope claim openid", "only the issuer can make it")]
    #[case("an authorization code", "it takes a login")]
    #[tokio::test]
    async fn says_why_it_cannot_make_the_others(#[case] name: TokenName, #[case] reason: &str) {
        let cannot = without_token().issue(&name).await.unwrap_err().to_string();
        assert!(cannot.contains(reason), "{cannot}");
    }

    #[rstest]
    #[case::another_user("bob", "s", true)]
    #[case::the_same_user_again("alice", "t", false)]
    #[case::the_same_token("alice", "s", false)]
    #[tokio::test]
    async fn another_user_is_another_one(#[case] other: &str, #[case] signature: &str, #[case] is_another: bool) {
        let (user, other) = (Source::Given(of("alice", "s")), Source::Given(of(other, signature)));
        let authority = ExternalAuthority::new(user, other, "c".to_owned(), Published::default());
        assert_eq!(authority.issue(&OTHER_USER).await.is_ok(), is_another);
    }
}
