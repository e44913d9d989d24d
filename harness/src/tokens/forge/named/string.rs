//! Strings that are no token.

use super::{Forgery, forgery};

pub(crate) const FORGERIES: &[Forgery] = &[
    forgery("32 random bytes", |draft, _| draft.verbatim("q3V0x1tZ8mB2n9Kc7Ld5RfYwHj4sTgUa6EoPiXbNvQM")).plain(),
    forgery("three dots", |draft, _| draft.verbatim("...")).plain(),
    forgery("a header and a signature with nothing between", |draft, _| {
        let [header, _, signature] = draft.raw_parts();
        draft.verbatim(format!("{header}..{signature}"));
    }),
    forgery("a JSON text", |draft, _| draft.verbatim(r#"{"alg":"none","sub":"admin"}"#)).plain(),
    forgery("characters no token may have", |draft, _| draft.verbatim("t\u{f6}k\u{eb}n")).plain(),
    forgery("the word null", |draft, _| draft.verbatim("null")).plain(),
    forgery("the word undefined", |draft, _| draft.verbatim("undefined")).plain(),
    forgery("a valid token with one character dropped", |draft, _| {
        let mut token = draft.raw().to_owned();
        let at = token.len().saturating_sub(2);
        token.remove(at);
        draft.verbatim(token);
    }),
];
