//! Strings that are no token.

use super::{Forgery, forgery};
use crate::authority::forge::{Draft, Sealing};

pub(super) const FORGERIES: &[Forgery] = &[
    forgery("32 random bytes", |draft, _| verbatim(draft, "q3V0x1tZ8mB2n9Kc7Ld5RfYwHj4sTgUa6EoPiXbNvQM")),
    forgery("three dots", |draft, _| verbatim(draft, "...")),
    forgery("a header and a signature with nothing between", |draft, _| {
        let parts: Vec<String> = draft.raw().split('.').map(str::to_owned).collect();
        let (first, last) = (parts.first().cloned().unwrap_or_default(), parts.last().cloned().unwrap_or_default());
        verbatim(draft, &format!("{first}..{last}"));
    }),
    forgery("a JSON text", |draft, _| verbatim(draft, r#"{"alg":"none","sub":"admin"}"#)),
    forgery("characters no token may have", |draft, _| verbatim(draft, "t\u{f6}k\u{eb}n")),
    forgery("the word null", |draft, _| verbatim(draft, "null")),
    forgery("the word undefined", |draft, _| verbatim(draft, "undefined")),
    forgery("a valid token with one character dropped", |draft, _| draft.sealing = Sealing::OneCharacterDropped),
];

fn verbatim(draft: &mut Draft, text: &str) {
    draft.sealing = Sealing::Verbatim(text.to_owned());
}
