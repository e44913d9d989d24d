//! Tokens in which a claim stands twice. The first one is right and the last one is wrong, so that whoever looks at
//! the first, unlike most JSON parsers, accepts what nobody granted.

use super::{Forgery, OTHER_RESOURCE, forgery};
use crate::tokens::forge::Draft;
use serde_json::Value;

pub(crate) const FORGERIES: &[Forgery] = &[
    forgery("a token with a second aud for another host", |draft, _| second(draft, "aud", OTHER_RESOURCE)),
    forgery("a token with a second iss of somebody else", |draft, _| second(draft, "iss", "https://issuer.example")),
    forgery("a token with a second exp in the past", |draft, facts| second(draft, "exp", facts.now - 3600)),
    forgery("a token with a second scope that grants nothing", |draft, _| second(draft, "scope", "nothing")),
];

/// The claims as they are, with `name` again at their end.
fn second(draft: &mut Draft, name: &str, value: impl Into<Value>) {
    let text = Value::Object(draft.claims.clone()).to_string();
    let open = text.strip_suffix('}').unwrap_or_default();
    draft.claims_text = Some(format!("{open},{}:{}}}", Value::from(name), value.into()));
}
