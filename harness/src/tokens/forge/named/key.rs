//! Tokens by which a stranger offers a key, or names one that does not exist; and tokens under the bench's own key.

use super::{Forgery, dependent, forgery};
use crate::tokens::forge::{Draft, Facts, ForgeError, Signer, keys};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

const STRANGERS_KEY_ID: &str = "stranger";

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
    forgery("a stranger's token whose kid is a path", |draft, _| kid(draft, "../../../../../../dev/null")),
    forgery("a stranger's token whose kid is a piece of SQL", |draft, _| kid(draft, "' UNION SELECT 'key' -- ")),
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
