//! Unguessable strings in the shapes Cognito gives its identifiers and secrets.

use rand::RngExt as _;
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

/// Each character is equally likely.
fn from_alphabet(alphabet: &[u8], length: usize) -> String {
    let mut generator = rand::rng();
    (0..length).map(|_| char::from(alphabet[generator.random_range(0..alphabet.len())])).collect()
}
