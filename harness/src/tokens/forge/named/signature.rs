//! Tokens whose signature is wrong, missing or surrounded by something.

use super::{Forgery, forgery};
use crate::tokens::forge::{Sealing, Signer};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use serde_json::json;

pub(crate) const FORGERIES: &[Forgery] = &[
    // nothing wrong: what the harness signs as the issuer is as good as what the issuer signs
    forgery("a token signed anew with the issuer's key", |_, _| ()).sound(),
    // wrong
    forgery("a token with a broken signature", |draft, _| draft.verbatim(broken(draft.raw()))),
    forgery("a token whose claims were changed after signing", |draft, _| {
        draft.claim("sub", "00000000-0000-4000-8000-000000000000");
        draft.sealing = Sealing::GenuineSignature;
    }),
    forgery("a token whose header was changed after signing", |draft, _| {
        let is_jwt = draft.header.get("typ").is_some_and(|typ| typ == "JWT");
        draft.parameter("typ", if is_jwt { "JOSE" } else { "JWT" });
        draft.sealing = Sealing::GenuineSignature;
    }),
    forgery("a token signed by another key", |draft, _| draft.sign(Signer::Stranger, Algorithm::RS256)),
    // missing
    forgery("a token whose signature is stripped", |draft, _| {
        let [header, claims, _] = draft.raw_parts();
        draft.verbatim(format!("{header}.{claims}."));
    }),
    forgery("a token whose signature is cut short", |draft, _| {
        let [header, claims, signature] = draft.raw_parts();
        let half = signature.get(..signature.len() / 2).unwrap_or_default();
        draft.verbatim(format!("{header}.{claims}.{half}"));
    }),
    forgery("a token whose signature is a single zero", |draft, _| draft.sealing = Sealing::Signature(vec![0])),
    forgery("a token whose signature has bytes behind it", |draft, _| {
        let [header, claims, signature] = draft.raw_parts();
        let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
        bytes.extend(b"behind");
        draft.verbatim(format!("{header}.{claims}.{}", BASE64_URL_SAFE_NO_PAD.encode(bytes)));
    }),
    // in other numbers of parts
    forgery("a token of two parts", |draft, _| {
        let [header, claims, _] = draft.raw_parts();
        draft.verbatim(format!("{header}.{claims}"));
    }),
    forgery("a token of four parts", |draft, _| draft.verbatim(format!("{}.AAAA", draft.raw()))),
    forgery("a token of five parts", |draft, _| {
        let header = BASE64_URL_SAFE_NO_PAD.encode(json!({ "alg": "dir", "enc": "A256GCM" }).to_string());
        let [_, claims, signature] = draft.raw_parts();
        draft.verbatim(format!("{header}..AAAAAAAAAAAAAAAA.{claims}.{signature}"));
    }),
    forgery("a token in the JSON serialization", |draft, _| {
        let [protected, payload, signature] = draft.raw_parts();
        draft.verbatim(json!({ "payload": payload, "protected": protected, "signature": signature }).to_string());
    }),
];

/// The token with one bit of its signature turned over, in the middle, where it is no padding.
fn broken(token: &str) -> String {
    let Some((content, signature)) = token.rsplit_once('.') else { return token.to_owned() };
    let Ok(mut bytes) = BASE64_URL_SAFE_NO_PAD.decode(signature) else { return token.to_owned() };
    let middle = bytes.len() / 2;
    if let Some(byte) = bytes.get_mut(middle) {
        *byte ^= 1;
    }
    format!("{content}.{}", BASE64_URL_SAFE_NO_PAD.encode(bytes))
}
