//! Random text from the operating system's generator: names that collide with nobody's, passwords that nobody guesses.

use secrecy::SecretString;
use uuid::Uuid;

pub(super) const LOWER_AND_DIGITS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// Every character Cognito's default policy asks for, and none that a shell, a URL in quotes or an `.env` file reads in its own way.
const PASSWORD_ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+=";
const PASSWORD_LENGTH: usize = 28;

/// `length` characters of `alphabet`, each equally likely.
pub(super) fn text(alphabet: &[u8], length: usize) -> String {
    // Bytes above the largest multiple of the alphabet's length would favour its first characters.
    let fair = 256 - 256 % alphabet.len();
    random_bytes()
        .filter(|byte| usize::from(*byte) < fair)
        .map(|byte| char::from(alphabet[usize::from(byte) % alphabet.len()]))
        .take(length)
        .collect()
}

/// A password that meets Cognito's default policy: eight characters or more, with upper case, lower case, digit and symbol.
pub(super) fn password() -> SecretString {
    loop {
        let candidate = text(PASSWORD_ALPHABET, PASSWORD_LENGTH);
        if meets_the_default_policy(&candidate) && candidate.starts_with(|first: char| first.is_ascii_alphabetic()) {
            return SecretString::from(candidate);
        }
    }
}

fn meets_the_default_policy(candidate: &str) -> bool {
    let has = |class: fn(&char) -> bool| candidate.chars().any(|c| class(&c));
    has(char::is_ascii_uppercase)
        && has(char::is_ascii_lowercase)
        && has(char::is_ascii_digit)
        && has(char::is_ascii_punctuation)
}

fn random_bytes() -> impl Iterator<Item = u8> {
    // Bytes 6 and 8 of a version 4 UUID carry its version and variant.
    std::iter::repeat_with(|| Uuid::new_v4().into_bytes())
        .flat_map(|bytes| bytes.into_iter().enumerate().filter(|(at, _)| *at != 6 && *at != 8).map(|(_, byte)| byte))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn makes_passwords_that_meet_the_default_policy_and_need_no_quoting() {
        for _ in 0..200 {
            let password = password();
            let text = password.expose_secret();
            assert!(meets_the_default_policy(text), "{text}");
            assert!(text.bytes().all(|byte| PASSWORD_ALPHABET.contains(&byte)), "{text}");
            assert!(text.starts_with(|first: char| first.is_ascii_alphabetic()), "{text}");
        }
    }

    #[test]
    fn uses_the_whole_alphabet() {
        let sample = text(LOWER_AND_DIGITS, 5_000);
        assert!(LOWER_AND_DIGITS.iter().all(|byte| sample.contains(char::from(*byte))));
    }
}
