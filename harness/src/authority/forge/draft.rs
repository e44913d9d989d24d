//! A token taken apart, so that one thing in it can be changed, and put together again.

use super::Facts;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Map, Value};
use std::sync::LazyLock;

/// A key that nobody trusts.
static STRANGER: LazyLock<Option<EncodingKey>> =
    LazyLock::new(|| EncodingKey::from_rsa_pem(include_bytes!("../../../../fixtures/keys/stranger.pem")).ok());

/// Why a token cannot be forged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ForgeError {
    /// The forgery varies what is signed, and the harness does not hold the issuer's key.
    #[error("it needs the private key of the issuer, which the harness does not hold")]
    NoTrustedKey,
    /// The genuine token is no JWT.
    #[error("the genuine token is no JWT that could be taken apart")]
    NotAJwt,
    /// The issuer's public key cannot be read.
    #[error("the public key of the issuer cannot be read")]
    PublicKey,
    /// A signature could not be made.
    #[error("signing failed: {0}")]
    Signing(String),
}

/// How a draft becomes a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sealing {
    /// Signed by the issuer's key, or left as it is when nothing that is signed was changed.
    Trusted,
    /// Signed by a key that nobody trusts, under the genuine key id.
    Stranger,
    /// An HMAC whose secret is the issuer's public key as a PEM file.
    HmacWithPublicPem,
    /// The genuine signature over changed content.
    GenuineSignature,
    /// The genuine content with a changed signature.
    BrokenSignature,
    /// No signature behind the last dot.
    Unsigned,
    /// Something else altogether, byte for byte.
    Verbatim(String),
    /// The genuine token without its last character but one.
    OneCharacterDropped,
}

/// A token taken apart.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The JOSE header.
    pub header: Map<String, Value>,
    /// The claims.
    pub claims: Map<String, Value>,
    /// How it is put together again.
    pub sealing: Sealing,
    genuine: String,
}

impl Draft {
    /// Takes a genuine token apart.
    ///
    /// # Errors
    /// When it is no JWT.
    pub fn from_genuine(token: &str) -> Result<Self, ForgeError> {
        let mut parts = token.split('.');
        let mut part = || -> Option<Map<String, Value>> {
            let bytes = BASE64_URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
            serde_json::from_slice(&bytes).ok()
        };
        let (Some(header), Some(claims)) = (part(), part()) else { return Err(ForgeError::NotAJwt) };
        Ok(Self { header, claims, sealing: Sealing::Trusted, genuine: token.to_owned() })
    }

    /// The genuine token, as it was.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.genuine
    }

    /// Sets a claim.
    pub fn claim(&mut self, name: &str, value: impl Into<Value>) {
        self.claims.insert(name.to_owned(), value.into());
    }

    /// Leaves a claim out.
    pub fn without(&mut self, name: &str) {
        self.claims.shift_remove(name);
    }

    /// The audience, when it is all that differs from the genuine token and an authorization server could be asked for
    /// it: `Some(None)` for none at all.
    ///
    /// # Errors
    /// When the genuine token is no JWT.
    pub fn audience_alone(&self) -> Result<Option<Option<String>>, ForgeError> {
        let genuine = Self::from_genuine(&self.genuine)?;
        let mut same = self.clone();
        match genuine.claims.get("aud") {
            Some(audience) => same.claim("aud", audience.clone()),
            None => same.without("aud"),
        }
        let alone = same.claims == genuine.claims && same.header == genuine.header && self.sealing == Sealing::Trusted;
        Ok(match self.claims.get("aud") {
            _ if !alone => None,
            None => Some(None),
            Some(Value::String(audience)) => Some(Some(audience.clone())),
            Some(_) => None,
        })
    }

    /// Puts the token together.
    ///
    /// # Errors
    /// When it takes a key that is not there.
    pub fn seal(self, facts: &Facts) -> Result<String, ForgeError> {
        let sign = |content: &str, key: &EncodingKey, algorithm| {
            crypto::sign(content.as_bytes(), key, algorithm).map_err(|error| ForgeError::Signing(error.to_string()))
        };
        let content = self.content();
        let signature = match &self.sealing {
            Sealing::Verbatim(text) => return Ok(text.clone()),
            Sealing::OneCharacterDropped => {
                let mut token = self.genuine;
                let at = token.len().saturating_sub(2);
                token.remove(at);
                return Ok(token);
            }
            Sealing::BrokenSignature => return Ok(broken(&self.genuine)),
            Sealing::Trusted => {
                let key = facts.trusted.as_ref().ok_or(ForgeError::NoTrustedKey)?;
                sign(&content, key, Algorithm::RS256)?
            }
            Sealing::Stranger => {
                let key = STRANGER.as_ref().ok_or_else(|| ForgeError::Signing("no key".to_owned()))?;
                sign(&content, key, Algorithm::RS256)?
            }
            Sealing::HmacWithPublicPem => {
                let secret = EncodingKey::from_secret(facts.public.pem()?.as_bytes());
                sign(&content, &secret, Algorithm::HS256)?
            }
            Sealing::GenuineSignature => self.genuine.rsplit('.').next().unwrap_or_default().to_owned(),
            Sealing::Unsigned => String::new(),
        };
        Ok(format!("{content}.{signature}"))
    }

    fn content(&self) -> String {
        let part =
            |members: &Map<String, Value>| BASE64_URL_SAFE_NO_PAD.encode(Value::Object(members.clone()).to_string());
        format!("{}.{}", part(&self.header), part(&self.claims))
    }
}

/// The token with one bit of its signature turned over, in the middle, where it is no padding.
fn broken(token: &str) -> String {
    let Some((content, signature)) = token.rsplit_once('.') else { return token.to_owned() };
    let Ok(mut bytes) = BASE64_URL_SAFE_NO_PAD.decode(signature) else { return token.to_owned() };
    let middle = bytes.len() / 2;
    if let Some(byte) = bytes.get_mut(middle) {
        *byte ^= 1;
    }
    format!("{content}.{}", BASE64_URL_SAFE_NO_PAD.encode(bytes))
}
