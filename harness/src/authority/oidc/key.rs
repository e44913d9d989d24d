//! The key that the played issuer signs with. It is public, like everything in `fixtures/keys`, and worth nothing
//! outside a test.

use super::IssuerError;
use crate::authority::forge::PublicKey;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

const PEM: &[u8] = include_bytes!("../../../../fixtures/keys/issuer.pem");

/// The identifier of the key.
pub(super) const KEY_ID: &str = "bench-1";

/// The signing key with its public half.
#[derive(Clone)]
pub(super) struct SigningKey {
    pub(super) private: EncodingKey,
    pub(super) public: PublicKey,
}

impl SigningKey {
    pub(super) fn load() -> Result<Self, IssuerError> {
        let private = EncodingKey::from_rsa_pem(PEM).map_err(|error| IssuerError::Key(error.to_string()))?;
        let jwk = Jwk::from_encoding_key(&private, Algorithm::RS256);
        let jwk = jwk.map_err(|error| IssuerError::Key(error.to_string()))?;
        let AlgorithmParameters::RSA(parameters) = jwk.algorithm else {
            return Err(IssuerError::Key("it is no RSA key".to_owned()));
        };
        Ok(Self {
            private,
            public: PublicKey { n: parameters.n, e: parameters.e, algorithm: Some("RS256".to_owned()) },
        })
    }

    /// The JWK Set that the issuer publishes.
    pub(super) fn set(&self) -> Value {
        let PublicKey { n, e, .. } = &self.public;
        json!({ "keys": [{ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": KEY_ID, "n": n, "e": e }] })
    }
}
