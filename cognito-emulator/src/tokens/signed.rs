//! Signing, and verifying what was signed here.

use std::time::SystemTime;

use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode, decode_header, encode};
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use crate::clock::unix_seconds;
use crate::keys::{PoolKeys, SigningKey};

/// Signs claims. The header is `kid` and `alg` and nothing else: Cognito sets no `typ`.
pub(super) fn sign(key: &SigningKey, claims: &Value) -> Result<String, jsonwebtoken::errors::Error> {
    let mut header = Header::new(Algorithm::RS256);
    header.typ = None;
    header.kid = Some(key.kid.clone());
    encode(&header, claims, key.encoding_key())
}

/// Why an access token is not good for this pool's own endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum Unverified {
    #[error("not signed by this pool")]
    Signature,
    #[error("not an access token of this pool")]
    Purpose,
    #[error("expired")]
    Expired,
}

/// What the emulator's own endpoints need to know of an access token that was verified.
#[derive(Debug, Deserialize)]
pub(crate) struct AccessClaims {
    pub(crate) sub: String,
    pub(crate) scope: String,
    /// Absent when the client has revocation switched off.
    pub(crate) origin_jti: Option<String>,
    iss: String,
    token_use: String,
    exp: u64,
}

/// Verifies an access token of this pool: signature, issuer, use, and expiry by the emulator's clock.
pub(crate) fn verify_access_token(
    token: &str,
    keys: &PoolKeys,
    issuer: &str,
    now: SystemTime,
) -> Result<AccessClaims, Unverified> {
    let kid = decode_header(token).map_err(|_| Unverified::Signature)?.kid.ok_or(Unverified::Signature)?;
    let public = &keys.published(&kid).ok_or(Unverified::Signature)?.public;
    let key = DecodingKey::from_rsa_components(&public.n, &public.e).map_err(|_| Unverified::Signature)?;
    // The library would measure expiry by the machine's clock; issuer, use and expiry are checked below.
    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_exp = false;
    validation.validate_aud = false;
    let claims = decode::<AccessClaims>(token, &key, &validation).map_err(|_| Unverified::Signature)?.claims;
    if claims.iss != issuer || claims.token_use != "access" {
        return Err(Unverified::Purpose);
    }
    if claims.exp <= unix_seconds(now) {
        return Err(Unverified::Expired);
    }
    Ok(claims)
}
