//! Unguessable strings in the shapes Cognito gives its identifiers and secrets.
//!
//! All randomness comes from the operating system through version 4 UUIDs; the bytes in which a UUID states its version and variant
//! are left out.

use uuid::Uuid;

const ALPHANUMERIC: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const LOWER_CASE_ALPHANUMERIC: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// A version 4 UUID in its usual notation.
pub(crate) fn uuid() -> String {
    Uuid::new_v4().to_string()
}

/// `length` letters and digits.
pub(crate) fn alphanumeric(length: usize) -> String {
    from_alphabet(ALPHANUMERIC, length)
}

/// `length` lower-case letters and digits.
pub(crate) fn lower_case_alphanumeric(length: usize) -> String {
    from_alphabet(LOWER_CASE_ALPHANUMERIC, length)
}

/// Bytes that would favour some characters over others are skipped, so that each character is equally likely.
fn from_alphabet(alphabet: &[u8], length: usize) -> String {
    let fair = 256 - 256 % alphabet.len();
    bytes()
        .map(usize::from)
        .filter(|byte| *byte < fair)
        .map(|byte| char::from(alphabet[byte % alphabet.len()]))
        .take(length)
        .collect()
}

fn bytes() -> impl Iterator<Item = u8> {
    const VERSION: usize = 6;
    const VARIANT: usize = 8;
    std::iter::repeat_with(Uuid::new_v4).flat_map(|uuid| {
        uuid.into_bytes()
            .into_iter()
            .enumerate()
            .filter(|(position, _)| ![VERSION, VARIANT].contains(position))
            .map(|(_, byte)| byte)
    })
}
