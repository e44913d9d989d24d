//! DPoP (RFC 9449): the key that a token is bound to, and proofs made with it, good ones and broken ones by name.

use crate::protocol::pkce::s256;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::sync::LazyLock;

/// Six minutes, where the extension allows five.
const TOO_FAR: i64 = 360;

static OWN: LazyLock<Option<EcdsaKeyPair>> = LazyLock::new(generate);
static STRANGER: LazyLock<Option<EcdsaKeyPair>> = LazyLock::new(generate);

fn generate() -> Option<EcdsaKeyPair> {
    EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).ok()
}

/// The request that a proof is for.
#[derive(Clone, Copy, Debug)]
pub struct Proven<'a> {
    /// The method.
    pub method: &'a str,
    /// The URL, without query and fragment.
    pub url: &'a str,
    /// The token beside the proof.
    pub token: &'a str,
    /// The time, in Unix seconds.
    pub now: i64,
}

/// The thumbprint (RFC 7638) of the key that bound tokens are bound to; `None` when no key can be made here.
#[must_use]
pub fn thumbprint() -> Option<String> {
    let jwk = jwk(OWN.as_ref()?)?;
    let member = |name: &str| jwk.get(name).and_then(Value::as_str).map(str::to_owned);
    Some(s256(&format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, member("x")?, member("y")?)))
}

/// The proofs with this name, one a header field; `None` when the name is none.
#[must_use]
pub fn proofs(name: &str, proven: Proven<'_>) -> Option<Vec<String>> {
    let stranger = name == "a good proof by another key";
    let key = if stranger { STRANGER.as_ref()? } else { OWN.as_ref()? };
    let mut header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": jwk(key)? });
    let mut claims = json!({
        "jti": uuid::Uuid::new_v4().to_string(),
        "htm": proven.method,
        "htu": proven.url,
        "iat": proven.now,
        "ath": s256(proven.token),
    });
    match name {
        "a good proof" | "two good proofs" | "a proof with a broken signature" => {}
        "a good proof by another key" => {}
        "no proof" => return Some(Vec::new()),
        "a proof of type JWT" => header["typ"] = "JWT".into(),
        "an unsigned proof" => header["alg"] = "none".into(),
        "a proof that says HS256" => header["alg"] = "HS256".into(),
        "a proof that shows a private key" => header["jwk"]["d"] = BASE64_URL_SAFE_NO_PAD.encode([7; 32]).into(),
        "a proof without jti" => remove(&mut claims, "jti"),
        "a proof for another method" => claims["htm"] = "GET".into(),
        "a proof for another URL" => claims["htu"] = "https://other.example/mcp".into(),
        "a proof for no token" => remove(&mut claims, "ath"),
        "a proof for another token" => claims["ath"] = s256("another token").into(),
        "a proof made six minutes ago" => claims["iat"] = (proven.now - TOO_FAR).into(),
        "a proof made six minutes ahead" => claims["iat"] = (proven.now + TOO_FAR).into(),
        _ => return None,
    }
    let mut proof = sealed(&header, &claims, key)?;
    match name {
        "an unsigned proof" => proof.truncate(proof.rfind('.')? + 1),
        "a proof with a broken signature" => {
            let at = proof.len() - 20;
            let other = if proof[at..].starts_with('A') { "B" } else { "A" };
            proof.replace_range(at..=at, other);
        }
        _ => {}
    }
    Some(if name == "two good proofs" { vec![proof.clone(), proof] } else { vec![proof] })
}

fn remove(claims: &mut Value, name: &str) {
    if let Some(members) = claims.as_object_mut() {
        members.remove(name);
    }
}

fn jwk(key: &EcdsaKeyPair) -> Option<Value> {
    let point = key.public_key().as_ref();
    let (x, y) = (point.get(1..33)?, point.get(33..65)?);
    let text = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    Some(json!({ "kty": "EC", "crv": "P-256", "x": text(x), "y": text(y) }))
}

fn sealed(header: &Value, claims: &Value, key: &EcdsaKeyPair) -> Option<String> {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let content = format!("{}.{}", part(header), part(claims));
    let signature = key.sign(&SystemRandom::new(), content.as_bytes()).ok()?;
    Some(format!("{content}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature.as_ref())))
}
