//! Tokens that lack a claim and say otherwise what RFC 9068 wants, so that the claim alone is missing even where genuine
//! tokens do not say it.

use super::{Forgery, forgery};
use crate::tokens::forge::Draft;

pub(crate) const FORGERIES: &[Forgery] = &[
    forgery("a token whose typ is at+jwt and that lacks sub", |draft, _| lacking(draft, "sub")),
    forgery("a token whose typ is at+jwt and that lacks client_id", |draft, _| lacking(draft, "client_id")),
    forgery("a token whose typ is at+jwt and that lacks iat", |draft, _| lacking(draft, "iat")),
    forgery("a token whose typ is at+jwt and that lacks jti", |draft, _| lacking(draft, "jti")),
];

fn lacking(draft: &mut Draft, claim: &str) {
    draft.parameter("typ", "at+jwt");
    draft.without(claim);
}
