//! Tokens bound to a key of the harness (RFC 9449 section 6.1).

use super::{Forgery, OTHER_RESOURCE, forgery};
use crate::tokens::dpop;
use crate::tokens::forge::Draft;
use serde_json::json;

pub(crate) const FORGERIES: &[Forgery] = &[
    forgery("a token bound to a key", |draft, _| bind(draft)),
    forgery("a token bound to a key for another host", |draft, _| {
        bind(draft);
        draft.claim("aud", OTHER_RESOURCE);
    }),
];

fn bind(draft: &mut Draft) {
    draft.claim("cnf", json!({ "jkt": dpop::thumbprint() }));
}
