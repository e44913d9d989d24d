//! Tokens whose header asks for something. All are signed with the issuer's key, so that the header alone is wrong.

use super::{Forgery, forgery};
use crate::tokens::forge::Draft;
use serde_json::json;

pub(crate) const FORGERIES: &[Forgery] = &[
    // crit
    forgery("a token whose crit names an extension", |draft, _| {
        draft.parameter("crit", json!(["x-unknown"]));
        draft.parameter("x-unknown", true);
    }),
    forgery("a token whose crit is empty", |draft, _| draft.parameter("crit", json!([]))),
    forgery("a token whose crit names alg", |draft, _| draft.parameter("crit", json!(["alg"]))),
    forgery("a token whose crit names an absent parameter", |draft, _| {
        draft.parameter("crit", json!(["x-unknown"]));
    }),
    forgery("a token whose crit names b64", |draft, _| {
        draft.parameter("b64", false);
        draft.parameter("crit", json!(["b64"]));
    }),
    // typ
    forgery("a token whose typ is at+jwt", |draft, _| typ(draft, "at+jwt")).profiled(),
    forgery("a token whose typ is application/at+jwt", |draft, _| typ(draft, "application/at+jwt")),
    forgery("a token whose typ is AT+JWT", |draft, _| typ(draft, "AT+JWT")),
    forgery("a token whose typ is JWT", |draft, _| typ(draft, "JWT")),
    forgery("a token whose typ is id_token+jwt", |draft, _| typ(draft, "id_token+jwt")),
    forgery("a token whose typ is dpop+jwt", |draft, _| typ(draft, "dpop+jwt")),
    forgery("a token whose typ is logout+jwt", |draft, _| typ(draft, "logout+jwt")),
    // a fault under RFC 9068 only, which these genuine tokens do not follow
    forgery("a token without typ", |draft, _| {
        draft.header.shift_remove("typ");
    })
    .sound(),
    forgery("a token whose typ is a number", |draft, _| draft.parameter("typ", 1)),
    // a fault only where several keys are published, and one that a reader may mend by trying them
    forgery("a token without kid", |draft, _| {
        draft.header.shift_remove("kid");
    }),
    // what a reader may ignore
    forgery("a token whose cty is JWT", |draft, _| draft.parameter("cty", "JWT")),
    forgery("a token whose zip is DEF", |draft, _| draft.parameter("zip", "DEF")),
    forgery("a token whose b64 is false without crit", |draft, _| draft.parameter("b64", false)),
];

fn typ(draft: &mut Draft, value: &str) {
    draft.parameter("typ", value);
}
