//! The played issuer as a source of tokens for one server under test.

use super::endpoints::{Core, USER};
use super::grants::Code;
use super::issuer::Issuer;
use super::mint::{Access, now};
use crate::tokens::forge;
use crate::tokens::forge::{Facts, ForgeError, Particulars, scope};
use crate::tokens::issued::Issued;
use crate::tokens::pool::{CODE, ID_TOKEN, OF_OTHER_ISSUER, OTHER_ISSUER, REFRESH_TOKEN, REVOKED};
use crate::tokens::{Authority, Cannot, OTHER_USER, Token, VALID};
use futures::future::BoxFuture;
use secrecy::SecretString;
use std::sync::Arc;
use std::sync::atomic::Ordering;

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
    issued: Issued,
}

impl OidcAuthority {
    /// Tokens of `issuer` for `recipient`.
    #[must_use]
    pub fn new(issuer: Arc<Issuer>, recipient: Recipient) -> Self {
        Self { issuer, second: None, recipient, issued: Issued::default() }
    }

    /// The same for a recipient that trusts a second issuer too.
    #[must_use]
    pub fn beside(self, second: Arc<Issuer>) -> Self {
        Self { second: Some(second), ..self }
    }

    fn make(&self, name: &str) -> Result<Token, Cannot> {
        let cannot = |reason: String| Cannot::Issue { name: name.to_owned(), reason };
        let inapplicable = |reason: &str| Cannot::Inapplicable { name: name.to_owned(), reason: reason.to_owned() };
        let Core { mint, grants, introspections, .. } = &*self.issuer.core;
        let raw = match name {
            VALID => mint.access_token(&self.access(USER)).map_err(cannot)?,
            OTHER_USER => mint.access_token(&self.access("bob")).map_err(cannot)?,
            ID_TOKEN => mint.id_token(USER, CLIENT_ID).map_err(cannot)?,
            REFRESH_TOKEN => grants.refresh_token(self.access(USER)),
            CODE => {
                let redirect_uri = "http://localhost:1/callback".to_owned();
                grants.code(Code { access: self.access(USER), redirect_uri, challenge: None })
            }
            REVOKED if introspections.load(Ordering::Relaxed) > 0 => {
                let token = mint.access_token(&self.access(USER)).map_err(cannot)?;
                mint.revoke(&token);
                token
            }
            REVOKED => {
                let reason = "the server verifies JWTs by itself and asked for no introspection; revocation shows at \
                              the issuer alone";
                return Err(inapplicable(reason));
            }
            OF_OTHER_ISSUER => {
                let second = self.second(name)?;
                second.core.mint.access_token(&self.access(USER)).map_err(cannot)?
            }
            OTHER_ISSUER => {
                let second = self.second(name)?;
                let token = second.core.mint.in_the_name_of(self.issuer(), &self.access(USER));
                token.map_err(cannot)?
            }
            name if scope::asked_for(name).is_some() => return self.scoped(name),
            name => return self.forged(name, Particulars::default()),
        };
        Ok(Token { name: name.to_owned(), raw: SecretString::from(raw) })
    }

    fn second(&self, name: &str) -> Result<&Issuer, Cannot> {
        let reason = "the server's metadata does not name two issuers of the harness (the second one is told in \
                      MCP_CONFORMANCE_SECOND_AUTH_SERVER_URL)";
        let none = || Cannot::Inapplicable { name: name.to_owned(), reason: reason.to_owned() };
        self.second.as_deref().ok_or_else(none)
    }

    /// A token whose scope claim is this text, byte for byte.
    fn scoped(&self, name: &str) -> Result<Token, Cannot> {
        let cannot = |reason: String| Cannot::Issue { name: name.to_owned(), reason };
        let genuine = self.issuer.core.mint.access_token(&self.access(USER)).map_err(cannot)?;
        let claim = scope::asked_for(name).unwrap_or_default();
        let raw = scope::forge(claim, &genuine, &self.facts(Particulars::default()));
        Ok(Token { name: name.to_owned(), raw: raw.map_err(|error| cannot(error.to_string()))? })
    }

    fn forged(&self, name: &str, particulars: Particulars) -> Result<Token, Cannot> {
        let cannot = |reason: String| Cannot::Issue { name: name.to_owned(), reason };
        let forgery = forge::find(name).ok_or_else(|| Cannot::Unknown(name.to_owned()))?;
        let genuine = self.issuer.core.mint.access_token(&self.access(USER)).map_err(cannot)?;
        let raw = forge::forge(&forgery, &genuine, &self.facts(particulars)).map_err(|error| match error {
            ForgeError::NoDifference => Cannot::Inapplicable { name: name.to_owned(), reason: error.to_string() },
            error => cannot(error.to_string()),
        })?;
        Ok(Token { name: name.to_owned(), raw })
    }

    fn access(&self, subject: &str) -> Access {
        Access {
            subject: subject.to_owned(),
            client_id: CLIENT_ID.to_owned(),
            resource: Some(self.recipient.resource.clone()),
            scopes: self.recipient.scopes.clone(),
        }
    }

    fn facts(&self, particulars: Particulars) -> Facts {
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

    fn issue<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Token, Cannot>> {
        Box::pin(self.issued.once(name, async { self.make(name) }))
    }

    fn tailor<'a>(&'a self, name: &'a str, particulars: Particulars) -> BoxFuture<'a, Result<Token, Cannot>> {
        Box::pin(std::future::ready(self.forged(name, particulars)))
    }
}
