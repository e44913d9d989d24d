//! Tokens about which nothing is wrong but that they are no access tokens.

use super::{Forgery, forgery};
use crate::tokens::forge::Draft;
use serde_json::Value;

/// What access tokens of issuers have, and ID tokens have not.
const OF_ACCESS_TOKENS: [&str; 5] = ["scope", "client_id", "jti", "event_id", "version"];

pub(crate) const FORGERIES: &[Forgery] = &[
    // With the audience of the client it would be refused for its audience.
    forgery("an ID token for this resource", |draft, facts| {
        let client_id = draft.claims.get("client_id").and_then(Value::as_str).unwrap_or(&facts.client_id).to_owned();
        as_id_token(draft, client_id);
    }),
];

/// OpenID Connect Core §2: what tells who logged in, to which client, and in which login.
fn as_id_token(draft: &mut Draft, client_id: String) {
    for name in OF_ACCESS_TOKENS {
        draft.without(name);
    }
    if draft.claims.contains_key("token_use") {
        draft.claim("token_use", "id");
    }
    if draft.header.contains_key("typ") {
        draft.parameter("typ", "JWT");
    }
    draft.claim("azp", client_id);
    draft.claim("nonce", "n-0S6_WzA2Mj");
    draft.claim("at_hash", "77QmUPtjPfzWtF2AnpK9RQ");
    draft.claim("email", "user@example.com");
}
