//! The played issuer as a source of tokens for one server under test.

use super::endpoints::{Core, USER};
use super::grants::Code;
use super::mint::{Access, now};
use super::played::Issuer;
use crate::token_name::{ForgeryName, Genuine, ScopeClaim, TokenName};
use crate::tokens::forge;
use crate::tokens::forge::{Draft, Facts, ForgeError, ForgeryDetails, Signer, scope};
use crate::tokens::issued::Issued;
use crate::tokens::{Authority, Cannot, OF_PROXY, Token};
use futures::future::BoxFuture;
use jsonwebtoken::Algorithm;
use secrecy::SecretString;
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};

const CLIENT_ID: &str = "conformance-harness";

/// The server that tokens are issued for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// The resource identifier that it expects as audience.
    pub resource: String,
    /// The scopes that a valid token carries.
    pub scopes: Vec<String>,
}

/// Tokens of the played issuer, genuine and forged.
pub struct OidcAuthority {
    issuer: Arc<Issuer>,
    second: Option<Arc<Issuer>>,
    recipient: Recipient,
    /// Whether tokens say for whom they are.
    names_audience: bool,
    issued: Issued,
    valid: OnceLock<Result<String, String>>,
}

impl OidcAuthority {
    /// Tokens of `issuer` for `recipient`.
    #[must_use]
    pub fn new(issuer: Arc<Issuer>, recipient: Recipient) -> Self {
        Self {
            issuer,
            second: None,
            recipient,
            names_audience: true,
            issued: Issued::default(),
            valid: OnceLock::new(),
        }
    }

    /// The same for a recipient that knows by other means that it is meant: genuine tokens name no audience.
    #[must_use]
    pub fn without_audience(self) -> Self {
        Self { names_audience: false, ..self }
    }

    /// The same for a recipient that trusts a second issuer too.
    #[must_use]
    pub fn beside(self, second: Arc<Issuer>) -> Self {
        Self { second: Some(second), ..self }
    }

    fn make(&self, name: &TokenName) -> Result<Token, Cannot> {
        let raw = match name {
            TokenName::Genuine(genuine) => self.genuine(*genuine, name)?,
            TokenName::Scoped(scopes) => self.scoped(scopes, name)?,
            TokenName::Forged(forgery) => self.forged(*forgery, ForgeryDetails::default())?,
            TokenName::OfProxy => return Err(Cannot::inapplicable(name, OF_PROXY)),
        };
        Ok(Token { name: name.clone(), raw })
    }

    fn genuine(&self, genuine: Genuine, name: &TokenName) -> Result<SecretString, Cannot> {
        let cannot = |reason: String| Cannot::issue(name, reason);
        let Core { mint, grants, introspections, .. } = &*self.issuer.core;
        let raw = match genuine {
            Genuine::Valid => self.valid().map_err(cannot)?,
            Genuine::OtherUser => mint.access_token(&self.access("bob")).map_err(cannot)?,
            Genuine::IdToken => mint.id_token(USER, CLIENT_ID).map_err(cannot)?,
            Genuine::RefreshToken => grants.refresh_token(self.access(USER)),
            Genuine::AuthorizationCode => {
                let redirect_uri = "http://localhost:1/callback".to_owned();
                grants.code(Code { access: self.access(USER), redirect_uri, challenge: None })
            }
            Genuine::Revoked if introspections.load(Ordering::Relaxed) > 0 => {
                let token = mint.access_token(&self.access(USER)).map_err(cannot)?;
                mint.revoke(&token);
                token
            }
            Genuine::Unanswered if introspections.load(Ordering::Relaxed) > 0 => {
                let token = self.of_a_stranger().map_err(|error| cannot(error.to_string()))?;
                mint.keep_silent_about(&token);
                token
            }
            Genuine::Revoked | Genuine::Unanswered => {
                let reason = "the server verifies JWTs by itself and asked for no introspection; revocation shows at \
                              the issuer alone";
                return Err(Cannot::inapplicable(name, reason));
            }
            Genuine::OfOtherIssuer => {
                let second = self.second(name)?;
                second.core.mint.access_token(&self.access(USER)).map_err(cannot)?
            }
            Genuine::SignedByOtherIssuer => {
                let second = self.second(name)?;
                let token = second.core.mint.in_the_name_of(self.issuer(), &self.access(USER));
                token.map_err(cannot)?
            }
        };
        Ok(SecretString::from(raw))
    }

    /// A token that the server has not seen before, with the claims of the valid one, signed by a stranger.
    fn of_a_stranger(&self) -> Result<String, ForgeError> {
        let mut draft = Draft::from_genuine(&self.valid().map_err(ForgeError::Signing)?)?;
        draft.claim("jti", uuid::Uuid::new_v4().to_string());
        draft.sign(Signer::Stranger, Algorithm::RS256);
        draft.seal(&self.facts(ForgeryDetails::default()))
    }

    fn second(&self, name: &TokenName) -> Result<&Issuer, Cannot> {
        let reason = "the server's metadata does not name two issuers of the harness (the second one is told in \
                      MCP_CONFORMANCE_SECOND_AUTH_SERVER_URL)";
        self.second.as_deref().ok_or_else(|| Cannot::inapplicable(name, reason))
    }

    /// A token whose scope claim is this text, byte for byte.
    fn scoped(&self, scopes: &ScopeClaim, name: &TokenName) -> Result<SecretString, Cannot> {
        let cannot = |reason: String| Cannot::issue(name, reason);
        let genuine = self.valid().map_err(cannot)?;
        let raw = scope::forge(&scopes.claim, &genuine, &self.facts(ForgeryDetails::default()));
        raw.map_err(|error| cannot(error.to_string()))
    }

    fn forged(&self, forgery: ForgeryName, particulars: ForgeryDetails) -> Result<SecretString, Cannot> {
        let name = &TokenName::Forged(forgery);
        let because = |error: ForgeError| match error {
            ForgeError::NoDifference => Cannot::inapplicable(name, error.to_string()),
            error => Cannot::issue(name, error.to_string()),
        };
        let forgery = forge::find(forgery).map_err(because)?;
        let genuine = self.valid().map_err(|reason| Cannot::issue(name, reason))?;
        forge::forge(&forgery, &genuine, &self.facts(particulars)).map_err(because)
    }

    /// The one valid token of the user. Forgeries are made of the same one, so that a server that remembers what it has
    /// verified is asked about what differs from it in one thing.
    fn valid(&self) -> Result<String, String> {
        self.valid.get_or_init(|| self.issuer.core.mint.access_token(&self.access(USER))).clone()
    }

    fn access(&self, subject: &str) -> Access {
        Access {
            subject: subject.to_owned(),
            client_id: CLIENT_ID.to_owned(),
            resource: self.names_audience.then(|| self.recipient.resource.clone()),
            scopes: self.recipient.scopes.clone(),
        }
    }

    fn facts(&self, particulars: ForgeryDetails) -> Facts {
        let mint = &self.issuer.core.mint;
        Facts {
            resource: self.recipient.resource.clone(),
            issuer: mint.issuer.clone(),
            client_id: CLIENT_ID.to_owned(),
            public: mint.key.public.clone(),
            trusted: Some(mint.key.private.clone()),
            now: now(),
            particulars,
        }
    }
}

impl Authority for OidcAuthority {
    fn issuer(&self) -> &str {
        self.issuer.identifier()
    }

    fn client_id(&self) -> &str {
        CLIENT_ID
    }

    fn describe(&self) -> String {
        format!("an issuer played by the bench at {}", self.issuer.identifier())
    }

    fn issue<'a>(&'a self, name: &'a TokenName) -> BoxFuture<'a, Result<Token, Cannot>> {
        Box::pin(self.issued.once(name, async { self.make(name) }))
    }

    fn forge_anew(&self, forgery: ForgeryName, particulars: ForgeryDetails) -> BoxFuture<'_, Result<Token, Cannot>> {
        let raw = self.forged(forgery, particulars);
        Box::pin(std::future::ready(raw.map(|raw| Token { name: TokenName::Forged(forgery), raw })))
    }
}
