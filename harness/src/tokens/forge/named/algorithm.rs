//! Tokens whose algorithm is none, or not the one that the issuer's key is for.

use super::{Forgery, dependent, forgery};
use crate::tokens::forge::{Draft, Facts, ForgeError, Sealing, Secret, Signer};
use jsonwebtoken::Algorithm;

pub(crate) const FORGERIES: &[Forgery] = &[
    // none
    forgery("an unsigned token with alg none", |draft, _| unsigned(draft, "none")),
    forgery("an unsigned token with alg None", |draft, _| unsigned(draft, "None")),
    forgery("an unsigned token with alg NONE", |draft, _| unsigned(draft, "NONE")),
    forgery("an unsigned token with alg nOnE", |draft, _| unsigned(draft, "nOnE")),
    forgery("an unsigned token without alg", |draft, _| {
        draft.header.shift_remove("alg");
        draft.sealing = Sealing::Signature(Vec::new());
    }),
    forgery("an unsigned token with an arbitrary signature", |draft, _| {
        draft.parameter("alg", "none");
        draft.sealing = Sealing::Signature(b"signature".to_vec());
    }),
    forgery("an unsigned token with the genuine signature", |draft, _| {
        draft.parameter("alg", "none");
        draft.sealing = Sealing::GenuineSignature;
    }),
    // what is public used as a secret
    forgery("a token signed with HS256 and the public key", |draft, _| draft.hmac(Secret::Pem, Algorithm::HS256)),
    forgery("a token signed with HS384 and the public key", |draft, _| draft.hmac(Secret::Pem, Algorithm::HS384)),
    forgery("a token signed with HS512 and the public key", |draft, _| draft.hmac(Secret::Pem, Algorithm::HS512)),
    forgery("a token signed with HS256 and the public key without its last line break", |draft, _| {
        draft.hmac(Secret::PemCut, Algorithm::HS256);
    }),
    forgery("a token signed with HS256 and the public key as PKCS #1", |draft, _| {
        draft.hmac(Secret::Pkcs1Pem, Algorithm::HS256);
    }),
    forgery("a token signed with HS256 and the public key as PKCS #1 without its last line break", |draft, _| {
        draft.hmac(Secret::Pkcs1PemCut, Algorithm::HS256);
    }),
    forgery("a token signed with HS256 and the public key as DER", |draft, _| {
        draft.hmac(Secret::Der, Algorithm::HS256);
    }),
    forgery("a token signed with HS256 and the public key as DER of PKCS #1", |draft, _| {
        draft.hmac(Secret::Pkcs1Der, Algorithm::HS256);
    }),
    forgery("a token signed with HS256 and the public key as JWK", |draft, _| {
        draft.hmac(Secret::Jwk, Algorithm::HS256);
    }),
    forgery("a token signed with HS256 and the modulus", |draft, _| draft.hmac(Secret::Modulus, Algorithm::HS256)),
    forgery("a token signed with HS256 and the modulus as text", |draft, _| {
        draft.hmac(Secret::ModulusText, Algorithm::HS256);
    }),
    // a secret that callers guess
    forgery("a token signed with HS256 and the word secret", |draft, _| weak(draft, "secret")),
    forgery("a token signed with HS256 and the word changeme", |draft, _| weak(draft, "changeme")),
    forgery("a token signed with HS256 and the secret of examples", |draft, _| weak(draft, "your-256-bit-secret")),
    forgery("a token signed with HS256 and the word undefined", |draft, _| weak(draft, "undefined")),
    forgery("a token signed with HS256 and an empty secret", |draft, _| draft.hmac(Secret::Empty, Algorithm::HS256)),
    // the right key, and another algorithm than it is for
    dependent("a token signed with RS384 by the issuer's key", |draft, facts| other(draft, facts, Algorithm::RS384)),
    dependent("a token signed with RS512 by the issuer's key", |draft, facts| other(draft, facts, Algorithm::RS512)),
    dependent("a token signed with PS256 by the issuer's key", |draft, facts| other(draft, facts, Algorithm::PS256)),
    // another family under the issuer's kid
    forgery("a token signed with ES256 by a stranger", |draft, _| draft.sign(Signer::Stranger, Algorithm::ES256)),
    forgery("a token signed with EdDSA by a stranger", |draft, _| draft.sign(Signer::Stranger, Algorithm::EdDSA)),
    forgery("a token with an ES256 signature of zeros", |draft, _| {
        draft.parameter("alg", "ES256");
        draft.sealing = Sealing::Signature(vec![0; 64]);
    }),
];

fn weak(draft: &mut Draft, secret: &'static str) {
    draft.hmac(Secret::Text(secret), Algorithm::HS256);
}

fn unsigned(draft: &mut Draft, spelling: &str) {
    draft.parameter("alg", spelling);
    draft.sealing = Sealing::Signature(Vec::new());
}

fn other(draft: &mut Draft, facts: &Facts, algorithm: Algorithm) -> Result<(), ForgeError> {
    if facts.public.algorithm.is_none() {
        return Err(ForgeError::AnyAlgorithm);
    }
    draft.sign(Signer::Issuer, algorithm);
    Ok(())
}
