//! The keys that played issuers sign with. They are public, like everything in `fixtures/keys`, and worth nothing
//! outside a test.

use super::IssuerError;
use crate::tokens::forge::PublicKey;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

const FIRST: &[u8] = include_bytes!("../../../fixtures/keys/issuer.pem");
const SECOND: &[u8] = include_bytes!("../../../fixtures/keys/second-issuer.pem");

/// A signing key with its public half.
#[derive(Clone)]
pub(super) struct SigningKey {
    /// Its name in the key set; no other issuer has one of that name.
    pub(super) id: &'static str,
    pub(super) private: EncodingKey,
    pub(super) public: PublicKey,
}

impl SigningKey {
    /// The key of the issuer that every server is told.
    pub(super) fn first() -> Result<Self, IssuerError> {
        Self::load("bench-1", FIRST)
    }

    /// The key of the issuer that a server may trust beside it.
    pub(super) fn second() -> Result<Self, IssuerError> {
        Self::load("bench-2", SECOND)
    }

    fn load(id: &'static str, pem: &[u8]) -> Result<Self, IssuerError> {
        let private = EncodingKey::from_rsa_pem(pem).map_err(|error| IssuerError::Key(error.to_string()))?;
        let jwk = Jwk::from_encoding_key(&private, Algorithm::RS256);
        let jwk = jwk.map_err(|error| IssuerError::Key(error.to_string()))?;
        let AlgorithmParameters::RSA(parameters) = jwk.algorithm else {
            return Err(IssuerError::Key("it is no RSA key".to_owned()));
        };
        Ok(Self {
            id,
            private,
            public: PublicKey { n: parameters.n, e: parameters.e, algorithm: Some("RS256".to_owned()) },
        })
    }

    /// The JWK Set that the issuer publishes.
    pub(super) fn set(&self) -> Value {
        let PublicKey { n, e, .. } = &self.public;
        json!({ "keys": [{ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.id, "n": n, "e": e }] })
    }
}
