//! Tokens that are wrong in time.

use super::{Forgery, forgery};
use crate::tokens::forge::{Draft, Facts};

const HOUR: i64 = 3600;
const TEN_MINUTES: i64 = 600;

pub(crate) const FORGERIES: &[Forgery] = &[
    forgery("a token that has expired", |draft, facts| expired(draft, facts, HOUR)),
    forgery("a token that expired ten minutes ago", |draft, facts| expired(draft, facts, TEN_MINUTES)),
    forgery("a token whose exp is a string of past digits", |draft, facts| {
        expired(draft, facts, HOUR);
        draft.claim("exp", (facts.now - HOUR).to_string());
    }),
    forgery("a token that becomes valid in an hour", |draft, facts| draft.claim("nbf", facts.now + HOUR)),
    forgery("a token that becomes valid in ten minutes", |draft, facts| draft.claim("nbf", facts.now + TEN_MINUTES)),
    forgery("a token that became valid an hour ago", |draft, facts| draft.claim("nbf", facts.now - HOUR)),
];

fn expired(draft: &mut Draft, facts: &Facts, ago: i64) {
    draft.claim("iat", facts.now - ago - HOUR);
    draft.claim("auth_time", facts.now - ago - HOUR);
    draft.claim("exp", facts.now - ago);
}
