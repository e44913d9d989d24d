//! The outer form of a token: JWS compact serialization and its header (RFC 7515).
//!
//! A [`Jws`] exists only if its header asks for nothing but RS256 and a named key, so no key is ever fetched for a token
//! that would be refused anyway. The claims stay unread until [`Jws::verify`] has checked the signature.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::{Map, Value};

use crate::credentials::BearerToken;
use crate::strict_json;
use crate::token::Refusal;

/// The longest key id that is looked up.
const MAX_KEY_ID_LENGTH: usize = 256;

/// A token in the form that this server accepts, not yet verified.
pub(super) struct Jws<'a> {
    signed_part: &'a str,
    signature: &'a str,
    claims: Vec<u8>,
    key_id: String,
}

/// Claims whose signature was verified; what they say was not looked at.
pub(super) struct SignedClaims(pub(super) Map<String, Value>);

impl<'a> Jws<'a> {
    /// Takes a token apart and accepts or refuses its header.
    pub(super) fn parse(token: BearerToken<'a>) -> Result<Self, Refusal> {
        let (signed_part, signature) = token.expose().rsplit_once('.').ok_or(Refusal::NotASignedJwt)?;
        let (header, claims) = signed_part.split_once('.').ok_or(Refusal::NotASignedJwt)?;
        let header = strict_json::parse_object(&decode(header)?).map_err(|_| Refusal::NotASignedJwt)?;
        let key_id = accepted_key_id(&header)?;
        decode(signature)?;
        Ok(Self { signed_part, signature, claims: decode(claims)?, key_id })
    }

    /// The name of the key with which the token says it was signed. It comes from the caller: look it up, do nothing else.
    pub(super) fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Checks the signature with a key of the trusted issuer.
    pub(super) fn verify(self, key: &DecodingKey) -> Result<SignedClaims, Refusal> {
        let holds = jsonwebtoken::crypto::verify(self.signature, self.signed_part.as_bytes(), key, Algorithm::RS256);
        if !holds.unwrap_or(false) {
            return Err(Refusal::SignatureWrong);
        }
        strict_json::parse_object(&self.claims).map(SignedClaims).map_err(|_| Refusal::ClaimsUnreadable)
    }
}

/// Decodes base64url without padding. Spellings that are not canonical are refused: each token has one spelling.
fn decode(part: &str) -> Result<Vec<u8>, Refusal> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| Refusal::NotASignedJwt)
}

fn accepted_key_id(header: &Map<String, Value>) -> Result<String, Refusal> {
    if header.get("alg").and_then(Value::as_str) != Some("RS256") {
        return Err(Refusal::AlgorithmNotAllowed);
    }
    if header.contains_key("crit") {
        return Err(Refusal::CriticalHeader);
    }
    if !header.get("typ").is_none_or(is_access_token_type) {
        return Err(Refusal::TypeNotAllowed);
    }
    match header.get("kid") {
        Some(Value::String(id)) if id.len() > MAX_KEY_ID_LENGTH => Err(Refusal::UnknownKey),
        Some(Value::String(id)) => Ok(id.clone()),
        _ => Err(Refusal::KeyNotNamed),
    }
}

/// Cognito sends no `typ`; RFC 9068 issuers send `at+jwt`; others say `JWT`. Case does not matter (RFC 7515 section 4.1.9).
fn is_access_token_type(value: &Value) -> bool {
    let accepted = ["JWT", "at+jwt", "application/at+jwt"];
    value.as_str().is_some_and(|given| accepted.iter().any(|name| name.eq_ignore_ascii_case(given)))
}
