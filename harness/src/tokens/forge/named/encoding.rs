//! Genuine tokens spelt otherwise. JWS wants base64url without padding, and no other character (RFC 7515 §5.2).

use super::{Forgery, forgery};
use crate::tokens::forge::Draft;
use base64::Engine as _;
use base64::prelude::{BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD};

pub(crate) const FORGERIES: &[Forgery] = &[
    forgery("a token with padding behind its signature", |draft, _| {
        let [header, claims, signature] = draft.raw_parts();
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
        draft.verbatim(format!("{header}.{claims}.{}", BASE64_URL_SAFE.encode(bytes)));
    }),
    forgery("a token with its signature in the other alphabet of base64", |draft, _| {
        let [header, claims, signature] = draft.raw_parts();
        let signature = signature.replace('-', "+").replace('_', "/");
        draft.verbatim(format!("{header}.{claims}.{signature}"));
    }),
    forgery("a token with a space before its signature", |draft, _| spaced(draft, ' ')),
    forgery("a token with a tab before its signature", |draft, _| spaced(draft, '\t')),
    forgery("a token with a byte order mark before its claims", |draft, _| {
        draft.claims_text = Some(format!("\u{feff}{}", serde_json::Value::Object(draft.claims.clone())));
    }),
];

fn spaced(draft: &mut Draft, space: char) {
    let [header, claims, signature] = draft.raw_parts();
    draft.verbatim(format!("{header}.{claims}.{space}{signature}"));
}
