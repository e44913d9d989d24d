//! The RSA keys of `fixtures/keys`, parsed once when an emulator starts.
//!
//! Generating RSA keys takes seconds on a busy machine, so a ring of them is part of the source. They are public: what they sign
//! proves nothing outside tests.

use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::EncodingKey;
use thiserror::Error;

const PRIVATE_PEMS: [&str; 12] = [
    include_str!("../../../fixtures/keys/rsa-01.pem"),
    include_str!("../../../fixtures/keys/rsa-02.pem"),
    include_str!("../../../fixtures/keys/rsa-03.pem"),
    include_str!("../../../fixtures/keys/rsa-04.pem"),
    include_str!("../../../fixtures/keys/rsa-05.pem"),
    include_str!("../../../fixtures/keys/rsa-06.pem"),
    include_str!("../../../fixtures/keys/rsa-07.pem"),
    include_str!("../../../fixtures/keys/rsa-08.pem"),
    include_str!("../../../fixtures/keys/rsa-09.pem"),
    include_str!("../../../fixtures/keys/rsa-10.pem"),
    include_str!("../../../fixtures/keys/rsa-11.pem"),
    include_str!("../../../fixtures/keys/rsa-12.pem"),
];

/// A key of `fixtures/keys` cannot be used. Only a damaged source tree leads here.
#[derive(Debug, Error)]
pub enum KeyError {
    /// The file is not a PEM document with base64 content.
    #[error("fixtures/keys/rsa-{number:02}.pem is not PEM: generate it again with `openssl genpkey -algorithm RSA`")]
    NotPem {
        /// The number in the file's name.
        number: usize,
    },
    /// The file does not hold an RSA private key in PKCS#8.
    #[error(
        "fixtures/keys/rsa-{number:02}.pem holds no RSA private key in PKCS#8: generate it again with `openssl genpkey -algorithm RSA`"
    )]
    NotRsa {
        /// The number in the file's name.
        number: usize,
    },
}

/// The public half of an RSA key as the two members of a JWK that carry it (RFC 7518 section 6.3.1), base64url without padding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicJwk {
    /// The modulus.
    pub n: String,
    /// The exponent.
    pub e: String,
}

/// One parsed key.
pub(crate) struct FixtureKey {
    pub(crate) encoding_key: EncodingKey,
    pub(crate) public: PublicJwk,
    /// The public key as SubjectPublicKeyInfo in PEM.
    pub(crate) public_pem: String,
}

impl FixtureKey {
    fn parse(number: usize, pem: &str) -> Result<Self, KeyError> {
        let base64: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        let pkcs8 = STANDARD.decode(base64).map_err(|_| KeyError::NotPem { number })?;
        let pair = KeyPair::from_pkcs8(&pkcs8).map_err(|_| KeyError::NotRsa { number })?;
        let public = pair.public_key();
        let spki: PublicKeyX509Der<'_> = public.as_der().map_err(|_| KeyError::NotRsa { number })?;
        Ok(Self {
            encoding_key: EncodingKey::from_rsa_pem(pem.as_bytes()).map_err(|_| KeyError::NotRsa { number })?,
            public: PublicJwk {
                n: URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero()),
                e: URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero()),
            },
            public_pem: pem_document("PUBLIC KEY", spki.as_ref()),
        })
    }
}

/// All keys of the source tree, in the order of their numbers.
#[derive(Clone)]
pub(crate) struct FixtureKeys(Arc<[Arc<FixtureKey>]>);

impl FixtureKeys {
    pub(crate) fn load() -> Result<Self, KeyError> {
        let keys: Result<Vec<_>, _> =
            PRIVATE_PEMS.iter().zip(1..).map(|(pem, number)| FixtureKey::parse(number, pem).map(Arc::new)).collect();
        Ok(Self(keys?.into()))
    }

    /// The key at a position of the ring; positions past the end begin again.
    pub(crate) fn at(&self, position: usize) -> Arc<FixtureKey> {
        Arc::clone(&self.0[position % self.0.len()])
    }
}

/// RFC 7468: lines of 64 characters between the markers.
fn pem_document(label: &str, der: &[u8]) -> String {
    let base64: Vec<char> = STANDARD.encode(der).chars().collect();
    let lines: Vec<String> = base64.chunks(64).map(|line| line.iter().collect()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
