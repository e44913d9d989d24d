//! Tokens that are wrong in time.

use super::{Forgery, forgery};

pub(super) const FORGERIES: &[Forgery] = &[forgery("a token that has expired", |draft, facts| {
    draft.claim("iat", facts.now - 7200);
    draft.claim("auth_time", facts.now - 7200);
    draft.claim("exp", facts.now - 3600);
})];
