//! The keys that the harness holds itself: those of a stranger, whom nobody trusts, and the one that the bench
//! publishes as the issuer's next.

use super::{ForgeError, PublicKey};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::EncodingKey;
use serde_json::{Value, json};
use std::sync::LazyLock;

static STRANGER: LazyLock<Option<RsaKey>> =
    LazyLock::new(|| RsaKey::read(include_str!("../../../../fixtures/keys/stranger.pem")));

static SUCCESSOR: LazyLock<Option<RsaKey>> =
    LazyLock::new(|| RsaKey::read(include_str!("../../../../fixtures/keys/successor.pem")));

static STRANGER_EC: LazyLock<Option<Generated>> = LazyLock::new(|| {
    let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).ok()?;
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.as_ref()).ok()?;
    let point = pair.public_key().as_ref().to_vec();
    Some(Generated { signing: EncodingKey::from_ec_der(key.as_ref()), public: point })
});

static STRANGER_ED: LazyLock<Option<Generated>> = LazyLock::new(|| {
    let key = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).ok()?;
    let pair = Ed25519KeyPair::from_pkcs8(key.as_ref()).ok()?;
    let point = pair.public_key().as_ref().to_vec();
    Some(Generated { signing: EncodingKey::from_ed_der(key.as_ref()), public: point })
});

/// A key that was made for this process.
struct Generated {
    signing: EncodingKey,
    /// The public half: the point of the curve, as the curve's own text writes it.
    public: Vec<u8>,
}

/// An RSA key with both halves.
pub struct RsaKey {
    /// The private half.
    pub signing: EncodingKey,
    /// The public half.
    pub public: PublicKey,
}

impl RsaKey {
    fn read(pem: &str) -> Option<Self> {
        let signing = EncodingKey::from_rsa_pem(pem.as_bytes()).ok()?;
        let pair = aws_lc_rs::rsa::KeyPair::from_pkcs8(&pem_content(pem)?).ok()?;
        let part = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let public = PublicKey {
            n: part(pair.public_key().modulus().big_endian_without_leading_zero()),
            e: part(pair.public_key().exponent().big_endian_without_leading_zero()),
            algorithm: Some("RS256".to_owned()),
        };
        Some(Self { signing, public })
    }

    /// The public half as a JWK for RS256 signatures.
    #[must_use]
    pub fn jwk(&self, key_id: &str) -> Value {
        let PublicKey { n, e, .. } = &self.public;
        json!({ "alg": "RS256", "e": e, "kid": key_id, "kty": "RSA", "n": n, "use": "sig" })
    }
}

fn pem_content(pem: &str) -> Option<Vec<u8>> {
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    BASE64_STANDARD.decode(body).ok()
}

fn held<T>(key: &'static LazyLock<Option<T>>) -> Result<&'static T, ForgeError> {
    key.as_ref().ok_or_else(|| ForgeError::Signing("a key of the harness cannot be read or made".to_owned()))
}

/// The RSA key that nobody trusts.
///
/// # Errors
/// When the fixture is damaged.
pub fn stranger() -> Result<&'static RsaKey, ForgeError> {
    held(&STRANGER)
}

/// The RSA key that the bench can publish as the issuer's next.
///
/// # Errors
/// When the fixture is damaged.
pub fn successor() -> Result<&'static RsaKey, ForgeError> {
    held(&SUCCESSOR)
}

/// A P-256 key that nobody trusts, another one in each process.
pub(crate) fn stranger_ec() -> Result<&'static EncodingKey, ForgeError> {
    held(&STRANGER_EC).map(|key| &key.signing)
}

/// The public half of that key as a JWK (RFC 7518 §6.2).
pub(crate) fn stranger_ec_jwk(key_id: &str) -> Result<Value, ForgeError> {
    // An uncompressed point is one byte that says so, and two coordinates of equal length (SEC 1 §2.3.3).
    let (x, y) = match held(&STRANGER_EC)?.public.get(1..) {
        Some(point) => point.split_at(point.len() / 2),
        None => return Err(ForgeError::Signing("the point of an EC key cannot be read".to_owned())),
    };
    let part = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    Ok(json!({ "alg": "ES256", "crv": "P-256", "kid": key_id, "kty": "EC", "use": "sig", "x": part(x), "y": part(y) }))
}

/// An Ed25519 key that nobody trusts, another one in each process.
pub(crate) fn stranger_ed() -> Result<&'static EncodingKey, ForgeError> {
    held(&STRANGER_ED).map(|key| &key.signing)
}

/// The public half of that key as a JWK (RFC 8037 §2).
pub(crate) fn stranger_ed_jwk(key_id: &str) -> Result<Value, ForgeError> {
    let x = BASE64_URL_SAFE_NO_PAD.encode(&held(&STRANGER_ED)?.public);
    Ok(json!({ "alg": "EdDSA", "crv": "Ed25519", "kid": key_id, "kty": "OKP", "use": "sig", "x": x }))
}

/// The stranger's self-signed certificate as it stands in `x5c`: base64 of the DER (RFC 7515 §4.1.6).
#[must_use]
pub(crate) fn stranger_certificate() -> String {
    let pem = include_str!("../../../../fixtures/keys/stranger-certificate.pem");
    pem.lines().filter(|line| !line.starts_with("-----")).collect()
}
