//! A JWK set (RFC 7517) reduced to what can verify an RS256 signature.
//!
//! Keys of another kind or for another use are left out, not refused: an issuer may publish them beside the ones that matter.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use jsonwebtoken::DecodingKey;
use serde_json::{Map, Value};

use crate::strict_json;

/// RSA signature keys by name.
pub(super) struct JwkSet(HashMap<String, Arc<DecodingKey>>);

/// Why a document holds no keys for this server.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum JwkSetError {
    #[error("the answer is not a JWK set")]
    NotASet,
    #[error("the set holds no RSA key for RS256 signatures")]
    NoUsableKey,
}

impl JwkSet {
    /// Reads a JWK set.
    pub(super) fn parse(document: &[u8]) -> Result<Self, JwkSetError> {
        let document = strict_json::parse_object(document).map_err(|_| JwkSetError::NotASet)?;
        let entries = document.get("keys").and_then(Value::as_array).ok_or(JwkSetError::NotASet)?;
        let mut keys: HashMap<String, Option<Arc<DecodingKey>>> = HashMap::new();
        for (id, key) in entries.iter().filter_map(Value::as_object).filter_map(signature_key) {
            // Two keys of one name leave open which is meant, so neither is used.
            keys.entry(id).and_modify(|slot| *slot = None).or_insert_with(|| Some(Arc::new(key)));
        }
        let keys: HashMap<_, _> = keys.into_iter().filter_map(|(id, key)| key.map(|key| (id, key))).collect();
        if keys.is_empty() { Err(JwkSetError::NoUsableKey) } else { Ok(Self(keys)) }
    }

    /// The key of this name.
    pub(super) fn find(&self, id: &str) -> Option<Arc<DecodingKey>> {
        self.0.get(id).cloned()
    }

    /// How many keys there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

impl fmt::Debug for JwkSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

fn signature_key(jwk: &Map<String, Value>) -> Option<(String, DecodingKey)> {
    let text = |name: &str| jwk.get(name).and_then(Value::as_str);
    let absent_or = |name: &str, expected: &str| !jwk.contains_key(name) || text(name) == Some(expected);
    let verifies = jwk.get("key_ops").is_none_or(|operations| {
        operations.as_array().is_some_and(|list| list.iter().any(|operation| operation == "verify"))
    });
    if text("kty") != Some("RSA") || !absent_or("use", "sig") || !absent_or("alg", "RS256") || !verifies {
        return None;
    }
    let key = DecodingKey::from_rsa_components(text("n")?, text("e")?).ok()?;
    Some((text("kid")?.to_owned(), key))
}
