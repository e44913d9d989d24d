//! The order in which a token is verified.

use std::time::SystemTime;

use crate::config::Config;
use crate::credentials::BearerToken;
use crate::keys::{Keys, KeysUnavailable};
use crate::token::jws::Jws;
use crate::token::{Refusal, VerifiedToken};

/// Verifies access tokens for one resource and one issuer.
#[derive(Debug)]
pub struct Verifier {
    config: Config,
    keys: Keys,
}

/// Why there is no [`VerifiedToken`].
#[derive(Debug, thiserror::Error)]
pub enum Unverified {
    /// The token is bad.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// Nothing is known about the token, because the keys of the issuer could not be had.
    #[error("{0}")]
    KeysUnavailable(#[from] KeysUnavailable),
}

impl Verifier {
    /// A verifier that fetches keys when it first needs them.
    pub fn new(config: Config) -> Self {
        Self { keys: Keys::new(&config), config }
    }

    /// Verifies a presented token.
    ///
    /// # Errors
    ///
    /// [`Unverified::Refused`] with the first reason that was found, or [`Unverified::KeysUnavailable`].
    pub async fn verify(&self, token: BearerToken<'_>) -> Result<VerifiedToken, Unverified> {
        let jws = Jws::parse(token)?;
        let key = self.keys.find(jws.key_id()).await?.ok_or(Refusal::UnknownKey)?;
        let claims = jws.verify(&key)?;
        Ok(VerifiedToken::accept(claims, &self.config, SystemTime::now())?)
    }
}
