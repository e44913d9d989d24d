//! DPoP (RFC 9449): the key that a token is bound to, and proofs made with it, good ones and broken ones.

use crate::protocol::pkce::s256;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::fmt;
use std::str::FromStr;
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

/// What stands beside a token that is bound to a key, with one thing wrong about it at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// None at all.
    Missing,
    /// One about which nothing is wrong.
    Good,
    /// The same good one with two requests.
    GoodTwice,
    /// Two header fields with a good one in one request.
    TwoAtOnce,
    /// A good one by a key that the token is not bound to.
    ByAnotherKey,
    /// Its `typ` is not `dpop+jwt`.
    OfAnotherType,
    /// Its `alg` is `none`.
    Unsigned,
    /// Its `alg` is not asymmetric.
    Symmetric,
    /// Its `jwk` holds a private key.
    ShowsPrivateKey,
    /// Its signature does not verify.
    BrokenSignature,
    /// It has no `jti`.
    WithoutIdentifier,
    /// Its `htm` is another method.
    ForAnotherMethod,
    /// Its `htu` is another URL.
    ForAnotherUrl,
    /// It has no `ath`.
    ForNoToken,
    /// Its `ath` is that of another token.
    ForAnotherToken,
    /// Its `iat` is further back than the extension allows.
    TooOld,
    /// Its `iat` is further ahead than the extension allows.
    TooNew,
}

/// Words that name no proof.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no proof; see features/README.md for the names")]
pub struct UnknownProof(pub String);

impl Proof {
    /// All of them.
    pub const EACH: [Self; 17] = [
        Self::Missing,
        Self::Good,
        Self::GoodTwice,
        Self::TwoAtOnce,
        Self::ByAnotherKey,
        Self::OfAnotherType,
        Self::Unsigned,
        Self::Symmetric,
        Self::ShowsPrivateKey,
        Self::BrokenSignature,
        Self::WithoutIdentifier,
        Self::ForAnotherMethod,
        Self::ForAnotherUrl,
        Self::ForNoToken,
        Self::ForAnotherToken,
        Self::TooOld,
        Self::TooNew,
    ];

    /// The name in the feature files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "no proof",
            Self::Good => "a good proof",
            Self::GoodTwice => "the same proof twice",
            Self::TwoAtOnce => "two good proofs",
            Self::ByAnotherKey => "a good proof by another key",
            Self::OfAnotherType => "a proof of type JWT",
            Self::Unsigned => "an unsigned proof",
            Self::Symmetric => "a proof that says HS256",
            Self::ShowsPrivateKey => "a proof that shows a private key",
            Self::BrokenSignature => "a proof with a broken signature",
            Self::WithoutIdentifier => "a proof without jti",
            Self::ForAnotherMethod => "a proof for another method",
            Self::ForAnotherUrl => "a proof for another URL",
            Self::ForNoToken => "a proof for no token",
            Self::ForAnotherToken => "a proof for another token",
            Self::TooOld => "a proof made six minutes ago",
            Self::TooNew => "a proof made six minutes ahead",
        }
    }

    /// How many requests carry it.
    #[must_use]
    pub const fn times(self) -> usize {
        match self {
            Self::GoodTwice => 2,
            _ => 1,
        }
    }

    /// The header fields of one request; `None` when no key can be made here.
    #[must_use]
    pub fn fields(self, proven: Proven<'_>) -> Option<Vec<String>> {
        let field = self.sealed(proven)?;
        Some(match self {
            Self::Missing => Vec::new(),
            Self::TwoAtOnce => vec![field.clone(), field],
            _ => vec![field],
        })
    }

    fn sealed(self, proven: Proven<'_>) -> Option<String> {
        let key = if self == Self::ByAnotherKey { STRANGER.as_ref()? } else { OWN.as_ref()? };
        let mut header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": jwk(key)? });
        let mut claims = json!({
            "jti": uuid::Uuid::new_v4().to_string(),
            "htm": proven.method,
            "htu": proven.url,
            "iat": proven.now,
            "ath": s256(proven.token),
        });
        match self {
            Self::Missing
            | Self::Good
            | Self::GoodTwice
            | Self::TwoAtOnce
            | Self::ByAnotherKey
            | Self::BrokenSignature => {}
            Self::OfAnotherType => header["typ"] = "JWT".into(),
            Self::Unsigned => header["alg"] = "none".into(),
            Self::Symmetric => header["alg"] = "HS256".into(),
            Self::ShowsPrivateKey => header["jwk"]["d"] = BASE64_URL_SAFE_NO_PAD.encode([7; 32]).into(),
            Self::WithoutIdentifier => remove(&mut claims, "jti"),
            Self::ForAnotherMethod => claims["htm"] = "GET".into(),
            Self::ForAnotherUrl => claims["htu"] = "https://other.example/mcp".into(),
            Self::ForNoToken => remove(&mut claims, "ath"),
            Self::ForAnotherToken => claims["ath"] = s256("another token").into(),
            Self::TooOld => claims["iat"] = (proven.now - TOO_FAR).into(),
            Self::TooNew => claims["iat"] = (proven.now + TOO_FAR).into(),
        }
        let mut proof = sealed(&header, &claims, key)?;
        match self {
            Self::Unsigned => proof.truncate(proof.rfind('.')? + 1),
            Self::BrokenSignature => {
                let at = proof.len() - 20;
                let other = if proof[at..].starts_with('A') { "B" } else { "A" };
                proof.replace_range(at..=at, other);
            }
            _ => {}
        }
        Some(proof)
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Proof {
    type Err = UnknownProof;

    fn from_str(words: &str) -> Result<Self, Self::Err> {
        let found = Self::EACH.into_iter().find(|proof| proof.as_str() == words);
        found.ok_or_else(|| UnknownProof(words.to_owned()))
    }
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const PROVEN: Proven<'_> = Proven { method: "POST", url: "https://h/mcp", token: "t", now: 1_800_000_000 };

    fn part(proof: &str, index: usize) -> Value {
        let part = BASE64_URL_SAFE_NO_PAD.decode(proof.split('.').nth(index).unwrap()).unwrap();
        serde_json::from_slice(&part).unwrap()
    }

    #[test]
    fn each_proof_is_read_from_its_words() {
        for proof in Proof::EACH {
            assert_eq!(proof.to_string().parse(), Ok(proof));
        }
        assert_eq!("a proof".parse::<Proof>(), Err(UnknownProof("a proof".to_owned())));
    }

    #[test]
    fn a_good_proof_is_for_this_request_and_this_token() {
        let [proof] = Proof::Good.fields(PROVEN).unwrap().try_into().unwrap();
        let (header, claims) = (part(&proof, 0), part(&proof, 1));
        assert_eq!((&header["typ"], &header["alg"]), (&json!("dpop+jwt"), &json!("ES256")));
        assert_eq!(
            (&claims["htm"], &claims["htu"], &claims["ath"], &claims["iat"]),
            (&json!("POST"), &json!("https://h/mcp"), &json!(s256("t")), &json!(PROVEN.now))
        );
    }

    #[test]
    fn as_many_fields_and_requests_carry_a_proof_as_its_name_says() {
        let carried = |proof: Proof| (proof.fields(PROVEN).unwrap().len(), proof.times());
        assert_eq!(carried(Proof::Missing), (0, 1));
        assert_eq!(carried(Proof::TwoAtOnce), (2, 1));
        assert_eq!(carried(Proof::GoodTwice), (1, 2));
        assert_eq!(carried(Proof::BrokenSignature), (1, 1));
    }
}
