//! A token taken apart, so that one thing in it can be changed, and put together again.

use super::{Facts, der, keys};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Map, Value, json};

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
    /// The issuer does not bind its key to one algorithm, so another one is no fault.
    #[error("the key set does not say which algorithm the key of the issuer is for")]
    AnyAlgorithm,
    /// The forgery depends on something of one scenario, such as the address of a canary.
    #[error("it is made for one scenario only, which has to give {0}")]
    Particular(&'static str),
    /// What the forgery changes is so already.
    #[error("here it would be the genuine token")]
    NoDifference,
    /// The list of forgeries has none of this name.
    #[error("no forgery has this name")]
    NotListed,
    /// A signature could not be made.
    #[error("signing failed: {0}")]
    Signing(String),
}

/// Whose key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signer {
    /// The issuer, whose key the harness may or may not hold.
    Issuer,
    /// Somebody whom nobody trusts, with a key of the kind that the algorithm needs.
    Stranger,
    /// The key that the bench publishes as the issuer's next.
    Successor,
}

/// What of the public key serves as the secret of an HMAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secret {
    /// The PEM file `PUBLIC KEY`.
    Pem,
    /// The same without the line break at its end.
    PemCut,
    /// The PEM file `RSA PUBLIC KEY`.
    Pkcs1Pem,
    /// The same without the line break at its end.
    Pkcs1PemCut,
    /// The DER of `SubjectPublicKeyInfo`.
    Der,
    /// The DER of `RSAPublicKey`.
    Pkcs1Der,
    /// The JWK as JSON text, with the members of its thumbprint (RFC 7638).
    Jwk,
    /// The bytes of the modulus.
    Modulus,
    /// The modulus as it stands in the JWK.
    ModulusText,
    /// Nothing of the key: a text that callers guess, or that they know a reader to make of their input.
    Text(&'static str),
    /// Nothing at all.
    Empty,
}

/// How a token is put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sealing {
    /// Signed with a private key.
    Signed(Signer, Algorithm),
    /// Signed with what is public of the issuer's key, used as a secret.
    Hmac(Secret, Algorithm),
    /// The signature of the genuine token, whatever the content is now.
    GenuineSignature,
    /// These bytes in place of a signature.
    Signature(Vec<u8>),
    /// Something else altogether, byte for byte.
    Verbatim(String),
}

/// How genuine tokens are signed.
const GENUINE: Sealing = Sealing::Signed(Signer::Issuer, Algorithm::RS256);

/// A token taken apart.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The JOSE header.
    pub header: Map<String, Value>,
    /// The claims.
    pub claims: Map<String, Value>,
    /// The text of the claims, where it is more than JSON made of [`claims`](Self::claims), such as a repeated name.
    pub claims_text: Option<String>,
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
        Ok(Self { header, claims, claims_text: None, sealing: GENUINE, genuine: token.to_owned() })
    }

    /// The genuine token, as it was.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.genuine
    }

    /// Header, claims and signature of the genuine token, as they were.
    #[must_use]
    pub fn raw_parts(&self) -> [&str; 3] {
        let mut parts = self.genuine.splitn(3, '.');
        std::array::from_fn(|_| parts.next().unwrap_or_default())
    }

    /// Sets a claim.
    pub fn claim(&mut self, name: &str, value: impl Into<Value>) {
        self.claims.insert(name.to_owned(), value.into());
    }

    /// Leaves a claim out.
    pub fn without(&mut self, name: &str) {
        self.claims.shift_remove(name);
    }

    /// Sets a header parameter.
    pub fn parameter(&mut self, name: &str, value: impl Into<Value>) {
        self.header.insert(name.to_owned(), value.into());
    }

    /// Has the token signed, and says so in `alg`.
    pub fn sign(&mut self, signer: Signer, algorithm: Algorithm) {
        self.parameter("alg", json!(algorithm));
        self.sealing = Sealing::Signed(signer, algorithm);
    }

    /// Has the token sealed by an HMAC, and says so in `alg`.
    pub fn hmac(&mut self, secret: Secret, algorithm: Algorithm) {
        self.parameter("alg", json!(algorithm));
        self.sealing = Sealing::Hmac(secret, algorithm);
    }

    /// Makes the token this text, whatever the draft was.
    pub fn verbatim(&mut self, text: impl Into<String>) {
        self.sealing = Sealing::Verbatim(text.into());
    }

    /// Whether nothing is changed.
    ///
    /// # Errors
    /// When the genuine token is no JWT.
    pub fn is_as_genuine(&self) -> Result<bool, ForgeError> {
        let genuine = Self::from_genuine(&self.genuine)?;
        Ok(self.claims == genuine.claims && self.header == genuine.header && self.is_signed_as_json())
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
        let alone = same.claims == genuine.claims && same.header == genuine.header && self.is_signed_as_json();
        Ok(match self.claims.get("aud") {
            _ if !alone => None,
            None => Some(None),
            Some(Value::String(audience)) => Some(Some(audience.clone())),
            Some(_) => None,
        })
    }

    fn is_signed_as_json(&self) -> bool {
        self.sealing == GENUINE && self.claims_text.is_none()
    }

    /// Puts the token together.
    ///
    /// # Errors
    /// When it takes a key that is not there.
    pub fn seal(self, facts: &Facts) -> Result<String, ForgeError> {
        let content = self.content();
        let signature = match &self.sealing {
            Sealing::Verbatim(text) => return Ok(text.clone()),
            Sealing::Signed(signer, algorithm) => sign(&content, signing_key(*signer, *algorithm, facts)?, *algorithm)?,
            Sealing::Hmac(secret, algorithm) => {
                let secret = EncodingKey::from_secret(&hmac_secret(*secret, facts)?)
                    .map_err(|error| ForgeError::Signing(error.to_string()))?;
                sign(&content, &secret, *algorithm)?
            }
            Sealing::GenuineSignature => self.raw_parts()[2].to_owned(),
            Sealing::Signature(bytes) => BASE64_URL_SAFE_NO_PAD.encode(bytes),
        };
        Ok(format!("{content}.{signature}"))
    }

    fn content(&self) -> String {
        let text = |members: &Map<String, Value>| Value::Object(members.clone()).to_string();
        let claims = self.claims_text.clone().unwrap_or_else(|| text(&self.claims));
        format!("{}.{}", BASE64_URL_SAFE_NO_PAD.encode(text(&self.header)), BASE64_URL_SAFE_NO_PAD.encode(claims))
    }
}

fn sign(content: &str, key: &EncodingKey, algorithm: Algorithm) -> Result<String, ForgeError> {
    crypto::sign(content.as_bytes(), key, algorithm).map_err(|error| ForgeError::Signing(error.to_string()))
}

fn signing_key(signer: Signer, algorithm: Algorithm, facts: &Facts) -> Result<&EncodingKey, ForgeError> {
    match (signer, algorithm) {
        (Signer::Issuer, _) => facts.trusted.as_ref().ok_or(ForgeError::NoTrustedKey),
        (Signer::Stranger, Algorithm::ES256) => keys::stranger_ec(),
        (Signer::Stranger, Algorithm::EdDSA) => keys::stranger_ed(),
        (Signer::Stranger, _) => keys::stranger().map(|key| &key.signing),
        (Signer::Successor, _) => keys::successor().map(|key| &key.signing),
    }
}

fn pkcs1_pem(n: &str, e: &str) -> Result<String, ForgeError> {
    Ok(der::pem("RSA PUBLIC KEY", &der::pkcs1(n, e)?))
}

fn hmac_secret(secret: Secret, facts: &Facts) -> Result<Vec<u8>, ForgeError> {
    let (n, e) = (&facts.public.n, &facts.public.e);
    Ok(match secret {
        Secret::Pem => facts.public.pem()?.into_bytes(),
        Secret::PemCut => facts.public.pem()?.trim_end().to_owned().into_bytes(),
        Secret::Pkcs1Pem => pkcs1_pem(n, e)?.into_bytes(),
        Secret::Pkcs1PemCut => pkcs1_pem(n, e)?.trim_end().to_owned().into_bytes(),
        Secret::Der => der::public_key(n, e)?,
        Secret::Pkcs1Der => der::pkcs1(n, e)?,
        Secret::Jwk => json!({ "e": e, "kty": "RSA", "n": n }).to_string().into_bytes(),
        Secret::Modulus => BASE64_URL_SAFE_NO_PAD.decode(n).map_err(|_| ForgeError::PublicKey)?,
        Secret::ModulusText => {
            der::pkcs1(n, e)?;
            n.clone().into_bytes()
        }
        Secret::Text(text) => text.into(),
        // jsonwebtoken takes no empty key. HMAC fills keys up with zeros (RFC 2104), so one zero is the same key.
        Secret::Empty => vec![0],
    })
}
