//! Tokens whose signature or algorithm is wrong.

use super::{Forgery, forgery};
use crate::authority::forge::Sealing;

pub(super) const FORGERIES: &[Forgery] = &[
    forgery("a token with a broken signature", |draft, _| draft.sealing = Sealing::BrokenSignature),
    forgery("a token whose claims were changed after signing", |draft, _| {
        draft.claim("sub", "00000000-0000-4000-8000-000000000000");
        draft.sealing = Sealing::GenuineSignature;
    }),
    forgery("a token signed by another key", |draft, _| draft.sealing = Sealing::Stranger),
    forgery("an unsigned token with alg none", |draft, _| {
        draft.header.insert("alg".to_owned(), "none".into());
        draft.sealing = Sealing::Unsigned;
    }),
    forgery("a token signed with HS256 and the public key", |draft, _| {
        draft.header.insert("alg".to_owned(), "HS256".into());
        draft.sealing = Sealing::HmacWithPublicPem;
    }),
];
