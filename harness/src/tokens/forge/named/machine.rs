//! Tokens by client credentials: of a machine, whose subject is the client and which names no user.

use super::{Forgery, OTHER_RESOURCE, forgery};
use crate::token_name::ForgeryName;
use crate::tokens::forge::{Draft, Facts, Sealing, Signer};
use jsonwebtoken::Algorithm;

/// A token by client credentials about which nothing is wrong; genuine where tokens come by client credentials.
pub(crate) const CLIENT_CREDENTIALS: ForgeryName = ForgeryName::listed("a token by client credentials");

pub(crate) const FORGERIES: &[Forgery] = &[
    forgery(CLIENT_CREDENTIALS.as_str(), machine),
    forgery("a token by client credentials that has expired", |draft, facts| {
        machine(draft, facts);
        draft.claim("iat", facts.now - 7200);
        draft.claim("exp", facts.now - 3600);
    }),
    forgery("a token by client credentials with a changed claim", |draft, facts| {
        machine(draft, facts);
        draft.sealing = Sealing::GenuineSignature;
    }),
    forgery("a token by client credentials signed by another key", |draft, facts| {
        machine(draft, facts);
        draft.sign(Signer::Stranger, Algorithm::RS256);
    }),
    forgery("a token by client credentials for another host", |draft, facts| {
        machine(draft, facts);
        draft.claim("aud", OTHER_RESOURCE);
    }),
    forgery("a token by client credentials of another issuer", |draft, facts| {
        machine(draft, facts);
        draft.claim("iss", "https://login.stranger.example");
    }),
];

fn machine(draft: &mut Draft, facts: &Facts) {
    draft.claim("sub", facts.client_id.clone());
    for name in ["username", "auth_time", "event_id", "origin_jti", "cognito:groups"] {
        draft.without(name);
    }
}
