//! Tokens whose issuer looks like the trusted one. Shapes that any claim can have are made in `claim`.

use super::audience::{other_port, other_scheme};
use super::{Forgery, forgery};

pub(crate) const FORGERIES: &[Forgery] = &[
    forgery("a token whose iss has the other scheme", |draft, facts| draft.claim("iss", other_scheme(&facts.issuer))),
    forgery("a token whose iss has another port", |draft, facts| draft.claim("iss", other_port(&facts.issuer))),
    forgery("a token whose iss is the host alone", |draft, facts| {
        draft.claim("iss", crate::protocol::url::origin_of(&facts.issuer).unwrap_or_default());
    }),
    forgery("a token whose iss contains the issuer", |draft, facts| {
        draft.claim("iss", format!("https://evil.example/?{}", facts.issuer));
    }),
    forgery("a token whose iss is another pool of the provider", |draft, facts| {
        let (provider, pool) = facts.issuer.rsplit_once('/').unwrap_or((&facts.issuer, ""));
        let region = pool.split('_').next().unwrap_or_default();
        draft.claim("iss", format!("{provider}/{region}_0therPool"));
    }),
];
