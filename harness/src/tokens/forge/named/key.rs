//! Tokens by which a stranger offers a key, or names one that does not exist; and tokens under the bench's own key.

use super::{Forgery, dependent, forgery};
use crate::tokens::forge::{Draft, Facts, ForgeError, Secret, Signer, keys};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

const STRANGERS_KEY_ID: &str = "stranger";
/// A secret that a stranger sends along.
const STRANGERS_SECRET: &str = "a secret of nobody but the stranger";

pub(crate) const FORGERIES: &[Forgery] = &[
    // kid
    forgery("a stranger's token without kid", |draft, _| {
        draft.header.shift_remove("kid");
        by_stranger(draft);
    }),
    forgery("a stranger's token with an unknown kid", |draft, _| {
        kid(draft, format!("unknown-{}", uuid::Uuid::new_v4().simple()));
    }),
    forgery("a stranger's token with an empty kid", |draft, _| kid(draft, "")),
    forgery("a stranger's token whose kid is a number", |draft, _| kid(draft, 0)),
    forgery("a stranger's token whose kid is null", |draft, _| kid(draft, Value::Null)),
    forgery("a stranger's token whose kid is an array", |draft, _| {
        let genuine = draft.header.get("kid").cloned();
        kid(draft, json!([genuine]));
    }),
    // Where the kid leads, the key is what the stranger has signed with.
    forgery("a stranger's token whose kid is a path", |draft, _| {
        leading(draft, "../../../../../../dev/null", Secret::Empty);
    }),
    forgery("a stranger's token whose kid is a piece of SQL", |draft, _| {
        leading(draft, "' UNION SELECT 'key' -- ", Secret::Text("key"));
    }),
    forgery("a stranger's token whose kid is __proto__", |draft, _| {
        leading(draft, "__proto__", Secret::Text("[object Object]"));
    }),
    forgery("a stranger's token whose kid is constructor", |draft, _| {
        leading(draft, "constructor", Secret::Text("function Object() { [native code] }"));
    }),
    forgery("a stranger's token whose kid has line breaks", |draft, _| kid(draft, "a\r\nSet-Cookie: a=b\u{0}")),
    forgery("a stranger's token whose kid has 8 KiB", |draft, _| kid(draft, "k".repeat(8 << 10))),
    // a key in the header
    dependent("a token that carries its own key as jwk", |draft, _| {
        embed(draft, "jwk", keys::stranger()?.jwk(STRANGERS_KEY_ID));
        draft.parameter("kid", STRANGERS_KEY_ID);
        Ok(())
    }),
    dependent("a token that carries its own key as jwk under the issuer's kid", |draft, _| {
        let key_id = draft.header.get("kid").and_then(Value::as_str).unwrap_or_default().to_owned();
        embed(draft, "jwk", keys::stranger()?.jwk(&key_id));
        Ok(())
    }),
    dependent("a token that carries its own EC key as jwk", |draft, _| {
        embed_with(draft, keys::stranger_ec_jwk(STRANGERS_KEY_ID)?, Algorithm::ES256);
        Ok(())
    }),
    dependent("a token that carries its own Ed25519 key as jwk", |draft, _| {
        embed_with(draft, keys::stranger_ed_jwk(STRANGERS_KEY_ID)?, Algorithm::EdDSA);
        Ok(())
    }),
    forgery("a token that carries its own secret as jwk", |draft, _| {
        let key = BASE64_URL_SAFE_NO_PAD.encode(STRANGERS_SECRET);
        draft.parameter("jwk", json!({ "alg": "HS256", "k": key, "kid": STRANGERS_KEY_ID, "kty": "oct" }));
        leading(draft, STRANGERS_KEY_ID, Secret::Text(STRANGERS_SECRET));
    }),
    forgery("a token that carries its own certificate as x5c", |draft, _| {
        embed(draft, "x5c", json!([keys::stranger_certificate()]));
        draft.parameter("kid", STRANGERS_KEY_ID);
    }),
    forgery("a token that carries its own certificate as x5c under the issuer's kid", |draft, _| {
        embed(draft, "x5c", json!([keys::stranger_certificate()]));
    }),
    // an address of a key
    dependent("a token whose jku leads to a stranger's keys", |draft, facts| {
        lure(draft, facts, "jku", "/jwks.json", Some(STRANGERS_KEY_ID))
    }),
    dependent("a token whose jku leads to a stranger's keys under the issuer's kid", |draft, facts| {
        lure(draft, facts, "jku", "/jwks.json", None)
    }),
    dependent("a token whose x5u leads to a stranger's certificate", |draft, facts| {
        lure(draft, facts, "x5u", "/certificate.pem", Some(STRANGERS_KEY_ID))
    }),
    dependent("a token whose kid leads to a stranger's keys", |draft, facts| {
        lure(draft, facts, "kid", "/jwks.json", None)
    }),
    dependent("a token whose iss is an array of a stranger's and the issuer", |draft, facts| {
        let genuine = draft.claims.get("iss").cloned().unwrap_or_default();
        draft.claim("iss", json!([canary(facts)?, genuine]));
        draft.parameter("kid", STRANGERS_KEY_ID);
        by_stranger(draft);
        Ok(())
    }),
    dependent("a token whose iss is a stranger's", |draft, facts| {
        draft.claim("iss", canary(facts)?);
        draft.parameter("kid", STRANGERS_KEY_ID);
        by_stranger(draft);
        Ok(())
    }),
    // the bench's own key, published as one of the issuer's
    dependent("a token signed with the newly published key", by_successor),
    dependent("a token signed with the withdrawn key", by_successor),
];

/// What the canary serves at `path`, so that whoever comes and believes it accepts the stranger's signature.
///
/// # Errors
/// When the stranger's key cannot be read.
pub fn bait(path: &str, nest: &str) -> Result<Value, ForgeError> {
    Ok(if path.contains("/.well-known/") {
        json!({ "issuer": nest, "jwks_uri": format!("{nest}/jwks.json") })
    } else {
        json!({ "keys": [keys::stranger()?.jwk(STRANGERS_KEY_ID)] })
    })
}

fn by_stranger(draft: &mut Draft) {
    draft.sign(Signer::Stranger, Algorithm::RS256);
}

fn kid(draft: &mut Draft, value: impl Into<Value>) {
    draft.parameter("kid", value);
    by_stranger(draft);
}

/// A `kid` under which a careless reader finds what the caller knows.
fn leading(draft: &mut Draft, key_id: &str, found: Secret) {
    draft.parameter("kid", key_id);
    draft.hmac(found, Algorithm::HS256);
}

fn embed_with(draft: &mut Draft, key: Value, algorithm: Algorithm) {
    draft.parameter("jwk", key);
    draft.parameter("kid", STRANGERS_KEY_ID);
    draft.sign(Signer::Stranger, algorithm);
}

fn embed(draft: &mut Draft, parameter: &str, key: Value) {
    draft.parameter(parameter, key);
    by_stranger(draft);
}

fn canary(facts: &Facts) -> Result<String, ForgeError> {
    facts.particulars.canary.clone().ok_or(ForgeError::Particular("the address of a canary"))
}

fn lure(draft: &mut Draft, facts: &Facts, parameter: &str, path: &str, key_id: Option<&str>) -> Result<(), ForgeError> {
    draft.parameter(parameter, format!("{}{path}", canary(facts)?));
    if let Some(key_id) = key_id {
        draft.parameter("kid", key_id);
    }
    by_stranger(draft);
    Ok(())
}

fn by_successor(draft: &mut Draft, facts: &Facts) -> Result<(), ForgeError> {
    let published = facts.particulars.key_id.clone().ok_or(ForgeError::Particular("the name of a published key"))?;
    draft.parameter("kid", published);
    draft.sign(Signer::Successor, Algorithm::RS256);
    Ok(())
}
