//! Tokens of the authorization server of an upstream API.

use super::{Forgery, forgery};
use crate::tokens::forge::Signer;
use jsonwebtoken::Algorithm;

pub(crate) const FORGERIES: &[Forgery] = &[forgery("a token of an upstream's authorization server", |draft, _| {
    draft.claim("iss", "https://login.upstream.example");
    draft.claim("aud", "https://api.upstream.example");
    draft.sign(Signer::Stranger, Algorithm::RS256);
})];
