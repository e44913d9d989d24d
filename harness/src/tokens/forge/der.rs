//! The few bytes of DER around an RSA public key (RFC 8017 A.1.1, RFC 5280 §4.1.2.7).

use super::ForgeError;
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

/// `rsaEncryption` with NULL parameters.
const RSA_ENCRYPTION: [u8; 15] =
    [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];

/// `RSAPublicKey` of PKCS #1.
pub(crate) fn pkcs1(n: &str, e: &str) -> Result<Vec<u8>, ForgeError> {
    let decode = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| ForgeError::PublicKey);
    Ok(tagged(0x30, &[integer(&decode(n)?), integer(&decode(e)?)].concat()))
}

/// `SubjectPublicKeyInfo` of X.509.
pub(crate) fn public_key(n: &str, e: &str) -> Result<Vec<u8>, ForgeError> {
    let bits = tagged(0x03, &[vec![0], pkcs1(n, e)?].concat());
    Ok(tagged(0x30, &[RSA_ENCRYPTION.to_vec(), bits].concat()))
}

/// DER as a PEM file.
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    let body = BASE64_STANDARD.encode(der);
    let lines: Vec<_> = body.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

fn integer(magnitude: &[u8]) -> Vec<u8> {
    let needs_sign = magnitude.first().is_none_or(|first| first & 0x80 != 0);
    let mut content = if needs_sign { vec![0] } else { Vec::new() };
    content.extend_from_slice(magnitude);
    tagged(0x02, &content)
}

fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match content.len() {
        short @ 0..=127 => out.push(short as u8),
        long => {
            let length: Vec<u8> = long.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
            out.push(0x80 | length.len() as u8);
            out.extend(length);
        }
    }
    out.extend_from_slice(content);
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    #[test]
    fn makes_the_pem_that_a_jwt_library_reads_as_the_same_key() {
        let stranger = crate::tokens::forge::keys::stranger().unwrap();

        let pem = stranger.public.pem().unwrap();

        let ours = jsonwebtoken::DecodingKey::from_rsa_pem(pem.as_bytes()).unwrap();
        let message = b"message";
        let signature = jsonwebtoken::crypto::sign(message, &stranger.signing, jsonwebtoken::Algorithm::RS256).unwrap();
        assert!(jsonwebtoken::crypto::verify(&signature, message, &ours, jsonwebtoken::Algorithm::RS256).unwrap());
    }
}
