//! Which keys a pool signs with, which it signed with before, and how it moves on.
//!
//! As on AWS, access tokens and ID tokens are signed with different keys, and a `kid` is base64 that ends in `=`. Pools start at
//! different places of the ring, so that a key of one pool is not a key of its neighbour until there are more pools than pairs.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::EncodingKey;
use serde_json::{Value, json};

use super::fixture::{FixtureKey, FixtureKeys, PublicJwk};

/// What a token is for; Cognito's claim `token_use`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenUse {
    /// An access token: for resource servers.
    Access,
    /// An ID token: for the client.
    Id,
}

impl TokenUse {
    /// The value of the claim `token_use`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Id => "id",
        }
    }
}

/// A key that a pool signs with, private half included, for whoever forges tokens that the pool's JWKS vouches for.
#[derive(Clone)]
#[non_exhaustive]
pub struct SigningKey {
    /// The key id in the JWKS and in token headers.
    pub kid: String,
    /// The public half, as in the JWKS.
    pub public: PublicJwk,
    key: Arc<FixtureKey>,
}

impl SigningKey {
    /// The private half, ready to sign RS256 tokens.
    #[must_use]
    pub fn encoding_key(&self) -> &EncodingKey {
        &self.key.encoding_key
    }

    /// The public half as SubjectPublicKeyInfo in PEM.
    #[must_use]
    pub fn public_pem(&self) -> &str {
        &self.key.public_pem
    }

    fn jwk(&self) -> Value {
        json!({"alg": "RS256", "e": self.public.e, "kid": self.kid, "kty": "RSA", "n": self.public.n, "use": "sig"})
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// The keys of one pool.
pub(crate) struct PoolKeys {
    keys: FixtureKeys,
    pool_id: String,
    position: usize,
    generation: usize,
    access: SigningKey,
    id: SigningKey,
    former: Vec<SigningKey>,
}

impl PoolKeys {
    /// The keys of a pool that is the `nth` of its emulator, counted from 0.
    pub(crate) fn new(keys: FixtureKeys, pool_id: &str, nth: usize) -> Self {
        let position = nth * 2;
        let [access, id] = pair(&keys, pool_id, position, 0);
        Self { keys, pool_id: pool_id.to_owned(), position, generation: 0, access, id, former: Vec::new() }
    }

    pub(crate) fn signing(&self, token_use: TokenUse) -> &SigningKey {
        match token_use {
            TokenUse::Access => &self.access,
            TokenUse::Id => &self.id,
        }
    }

    /// Signs with the next pair from now on. The former public keys stay published.
    pub(crate) fn rotate(&mut self) {
        self.generation += 1;
        self.position += 2;
        let [access, id] = pair(&self.keys, &self.pool_id, self.position, self.generation);
        self.former.push(std::mem::replace(&mut self.access, access));
        self.former.push(std::mem::replace(&mut self.id, id));
    }

    /// Publishes the current keys only.
    pub(crate) fn retire_former(&mut self) {
        self.former.clear();
    }

    /// The public key that a token header names.
    pub(crate) fn published(&self, kid: &str) -> Option<&SigningKey> {
        self.all().find(|key| key.kid == kid)
    }

    /// The pool's JWK set (RFC 7517 section 5): the two current keys, then former ones.
    pub(crate) fn jwks(&self) -> Value {
        json!({"keys": self.all().map(SigningKey::jwk).collect::<Vec<_>>()})
    }

    fn all(&self) -> impl Iterator<Item = &SigningKey> {
        [&self.id, &self.access].into_iter().chain(&self.former)
    }
}

fn pair(keys: &FixtureKeys, pool_id: &str, position: usize, generation: usize) -> [SigningKey; 2] {
    [(TokenUse::Access, position), (TokenUse::Id, position + 1)].map(|(token_use, position)| {
        let key = keys.at(position);
        let kid = kid(pool_id, generation, token_use);
        SigningKey { kid, public: key.public.clone(), key }
    })
}

/// Base64 of 32 bytes: 43 characters, possibly `+` and `/` among them, and one `=`.
fn kid(pool_id: &str, generation: usize, token_use: TokenUse) -> String {
    let name = format!("{pool_id} {generation} {}", token_use.as_str());
    STANDARD.encode(digest(&SHA256, name.as_bytes()))
}
