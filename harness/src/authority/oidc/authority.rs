//! The played issuer as a source of tokens for one server under test.

use super::issuer::Issuer;
use super::mint::{Access, now};
use crate::authority::forge::{self, Facts};
use crate::authority::{Authority, Cannot, OTHER_USER, Token, VALID};
use futures::future::BoxFuture;
use secrecy::SecretString;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::Mutex;

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
    recipient: Recipient,
    issued: Mutex<HashMap<String, Result<Token, Cannot>>>,
}

impl OidcAuthority {
    /// Tokens of `issuer` for `recipient`.
    #[must_use]
    pub fn new(issuer: Arc<Issuer>, recipient: Recipient) -> Self {
        Self { issuer, recipient, issued: Mutex::default() }
    }

    fn make(&self, name: &str) -> Result<Token, Cannot> {
        let cannot = |reason: String| Cannot::Issue { name: name.to_owned(), reason };
        let mint = &self.issuer.core.mint;
        let raw = match name {
            VALID => mint.access_token(&self.access("alice")).map_err(cannot)?,
            OTHER_USER => mint.access_token(&self.access("bob")).map_err(cannot)?,
            "an ID token" => mint.id_token("alice", CLIENT_ID).map_err(cannot)?,
            "a revoked token" => {
                let token = mint.access_token(&self.access("alice")).map_err(cannot)?;
                mint.revoke(&token);
                token
            }
            name => {
                let forgery = forge::find(name).ok_or_else(|| Cannot::Unknown(name.to_owned()))?;
                let genuine = mint.access_token(&self.access("alice")).map_err(cannot)?;
                let raw = forge::forge(forgery, &genuine, &self.facts());
                let raw = raw.map_err(|error| cannot(error.to_string()))?;
                return Ok(Token { name: name.to_owned(), raw });
            }
        };
        Ok(Token { name: name.to_owned(), raw: SecretString::from(raw) })
    }

    fn access(&self, subject: &str) -> Access {
        Access {
            subject: subject.to_owned(),
            client_id: CLIENT_ID.to_owned(),
            resource: Some(self.recipient.resource.clone()),
            scopes: self.recipient.scopes.clone(),
        }
    }

    fn facts(&self) -> Facts {
        let mint = &self.issuer.core.mint;
        Facts {
            resource: self.recipient.resource.clone(),
            issuer: mint.issuer.clone(),
            client_id: CLIENT_ID.to_owned(),
            public: mint.key.public.clone(),
            trusted: Some(mint.key.private.clone()),
            now: now(),
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
        Box::pin(async move {
            let mut issued = self.issued.lock().await;
            let made = issued.entry(name.to_owned()).or_insert_with(|| self.make(name));
            made.clone()
        })
    }
}
