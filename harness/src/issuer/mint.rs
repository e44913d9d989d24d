//! Making tokens, and telling afterwards what is true of a token that somebody presents.

use super::key::SigningKey;
use crate::tokens::KeyRing;
use crate::tokens::forge::PublicKey;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde_json::{Map, Value, json};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// How long an access token is good, in seconds.
pub(super) const LIFETIME: i64 = 3600;

/// The media type of access tokens (RFC 9068 §2.1).
const ACCESS_TOKEN: &str = "at+jwt";

/// Who and what an access token is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Access {
    pub(super) subject: String,
    pub(super) client_id: String,
    pub(super) resource: Option<String>,
    pub(super) scopes: Vec<String>,
}

/// Signs tokens of one issuer, and knows those that were revoked.
pub(super) struct Mint {
    pub(super) issuer: String,
    pub(super) key: SigningKey,
    pub(super) ring: Arc<KeyRing>,
    revoked: Mutex<HashSet<String>>,
    silent: Mutex<HashSet<String>>,
}

impl Mint {
    pub(super) fn new(issuer: String, key: SigningKey) -> Self {
        Self { issuer, key, ring: Arc::default(), revoked: Mutex::default(), silent: Mutex::default() }
    }

    /// An access token in the profile of RFC 9068, with the claims beside it that Cognito and others put in and
    /// servers in the wild look for.
    pub(super) fn access_token(&self, access: &Access) -> Result<String, String> {
        self.sign(ACCESS_TOKEN, self.access_claims(access))
    }

    fn access_claims(&self, access: &Access) -> Map<String, Value> {
        let mut claims = self.claims(&access.subject);
        claims.insert("client_id".to_owned(), access.client_id.clone().into());
        claims.insert("azp".to_owned(), access.client_id.clone().into());
        claims.insert("scope".to_owned(), access.scopes.join(" ").into());
        claims.insert("token_use".to_owned(), "access".into());
        claims.insert("username".to_owned(), access.subject.clone().into());
        if let Some(resource) = &access.resource {
            claims.insert("aud".to_owned(), resource.clone().into());
        }
        claims
    }

    /// An access token that names another issuer than the one that signs it.
    pub(super) fn in_the_name_of(&self, issuer: &str, access: &Access) -> Result<String, String> {
        let mut claims = self.access_claims(access);
        claims.insert("iss".to_owned(), issuer.into());
        self.sign(ACCESS_TOKEN, claims)
    }

    /// An ID token for a client (OpenID Connect Core §2).
    pub(super) fn id_token(&self, subject: &str, client_id: &str) -> Result<String, String> {
        let mut claims = self.claims(subject);
        claims.insert("aud".to_owned(), client_id.into());
        claims.insert("token_use".to_owned(), "id".into());
        claims.insert("email".to_owned(), format!("{subject}@example.com").into());
        self.sign("JWT", claims)
    }

    /// Forgets that an access token was ever good (RFC 7009).
    pub(super) fn revoke(&self, token: &str) {
        self.revoked.lock().unwrap_or_else(PoisonError::into_inner).insert(token.to_owned());
    }

    /// Tells nothing of a token from now on: a server that asks for it finds the issuer unavailable.
    pub(super) fn keep_silent_about(&self, token: &str) {
        self.silent.lock().unwrap_or_else(PoisonError::into_inner).insert(token.to_owned());
    }

    /// Whether nothing is told of a token.
    pub(super) fn is_silent_about(&self, token: &str) -> bool {
        self.silent.lock().unwrap_or_else(PoisonError::into_inner).contains(token)
    }

    /// The truth about a token, as introspection tells it (RFC 7662 §2.2): active when it is an access token of this
    /// issuer, signed by a key that it publishes, in time and not revoked. No extension of JWS is understood (RFC 7515
    /// §4.1.11). For whom a token is, is told and left to the asker to compare.
    pub(super) fn introspect(&self, token: &str) -> Value {
        match self.active_claims(token) {
            Some(mut claims) => {
                claims.insert("active".to_owned(), true.into());
                claims.insert("token_type".to_owned(), "Bearer".into());
                Value::Object(claims)
            }
            None => json!({ "active": false }),
        }
    }

    fn active_claims(&self, token: &str) -> Option<Map<String, Value>> {
        if self.revoked.lock().unwrap_or_else(PoisonError::into_inner).contains(token) {
            return None;
        }
        let (content, signature) = token.rsplit_once('.')?;
        let (header, claims) = content.split_once('.')?;
        let (header, claims) = (object(header)?, object(claims)?);
        let public = self.published(header.get("kid").and_then(Value::as_str))?;
        let key = DecodingKey::from_rsa_components(&public.n, &public.e).ok()?;
        let genuine = crypto::verify(signature, content.as_bytes(), &key, Algorithm::RS256).ok()?;
        let text = |members: &Map<String, Value>, name: &str| members.get(name)?.as_str().map(str::to_owned);
        let time = |name: &str| claims.get(name).and_then(Value::as_i64);
        let now = now();
        let holds = genuine
            && text(&header, "alg").as_deref() == Some("RS256")
            && !header.contains_key("crit")
            && text(&claims, "iss").as_deref() == Some(&self.issuer)
            && text(&claims, "token_use").as_deref() == Some("access")
            && time("exp").is_some_and(|exp| exp > now)
            && claims.get("nbf").is_none_or(|nbf| nbf.as_i64().is_some_and(|nbf| nbf <= now));
        holds.then_some(claims)
    }

    /// The key that the issuer publishes under this name; its own where none is given.
    fn published(&self, id: Option<&str>) -> Option<&PublicKey> {
        match id {
            Some(id) if id != self.key.id => self.ring.public(id),
            _ => Some(&self.key.public),
        }
    }

    fn claims(&self, subject: &str) -> Map<String, Value> {
        let now = now();
        let claims = json!({
            "iss": self.issuer,
            "sub": subject,
            "iat": now,
            "nbf": now,
            "auth_time": now,
            "exp": now + LIFETIME,
            "jti": uuid::Uuid::new_v4().to_string(),
        });
        claims.as_object().cloned().unwrap_or_default()
    }

    fn sign(&self, media_type: &str, claims: Map<String, Value>) -> Result<String, String> {
        let header = json!({ "alg": "RS256", "typ": media_type, "kid": self.key.id });
        let part = |value: String| BASE64_URL_SAFE_NO_PAD.encode(value);
        let content = format!("{}.{}", part(header.to_string()), part(Value::Object(claims).to_string()));
        let signature = crypto::sign(content.as_bytes(), &self.key.private, Algorithm::RS256);
        signature.map(|signature| format!("{content}.{signature}")).map_err(|error| error.to_string())
    }
}

fn object(part: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

/// The time in Unix seconds.
pub(super) fn now() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs());
    i64::try_from(elapsed).unwrap_or(i64::MAX)
}
