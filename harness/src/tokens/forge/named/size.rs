//! Tokens of great length, signed by a stranger.

use super::{Forgery, forgery};
use crate::tokens::forge::{Draft, Signer};
use jsonwebtoken::Algorithm;

pub(crate) const FORGERIES: &[Forgery] = &[
    forgery("a stranger's token of 8 kB", |draft, _| padded(draft, 8_000)),
    forgery("a stranger's token of 64 kB", |draft, _| padded(draft, 64_000)),
    forgery("a stranger's token of 1 MB", |draft, _| padded(draft, 1_000_000)),
];

/// Base64 makes four characters of three bytes.
fn padded(draft: &mut Draft, length: usize) {
    draft.claim("filler", "x".repeat(length.saturating_sub(draft.raw().len()) / 4 * 3));
    draft.sign(Signer::Stranger, Algorithm::RS256);
}
