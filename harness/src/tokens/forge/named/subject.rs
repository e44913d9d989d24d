//! Tokens that a client got on its own behalf and that look as if a user had sent it.

use super::{Forgery, forgery};

pub(crate) const FORGERIES: &[Forgery] = &[
    // With client credentials `sub` is the client (RFC 9068 §2.2), and no user has a name.
    forgery("a token of a client that is named like the user", |draft, _| {
        let user = draft.claims.get("sub").cloned().unwrap_or_default();
        draft.claim("client_id", user);
        draft.without("username");
        draft.without("auth_time");
    }),
];
