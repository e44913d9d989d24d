//! Tokens of the same user, and of a client that looks as if a user had sent it.

use super::{Forgery, forgery};

pub(crate) const FORGERIES: &[Forgery] = &[
    // As a client gets it when it refreshes.
    forgery("a token that the same user got later", |draft, _| {
        let first = draft.claims.get("jti").and_then(|jti| jti.as_str()).unwrap_or("first").to_owned();
        draft.claim("jti", format!("{first}-second"));
    })
    .renewed(),
    // With client credentials `sub` is the client (RFC 9068 §2.2), and no user has a name.
    forgery("a token of a client that is named like the user", |draft, _| {
        let user = draft.claims.get("sub").cloned().unwrap_or_default();
        draft.claim("client_id", user);
        draft.without("username");
        draft.without("auth_time");
    }),
];
