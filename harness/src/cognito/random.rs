//! Random text from a generator that the operating system seeds: names that collide with nobody's, passwords that nobody guesses.

use rand::seq::IndexedRandom as _;
use secrecy::SecretString;

pub(super) const LOWER_AND_DIGITS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// Every character Cognito's default policy asks for, and none that a shell, a URL in quotes or an `.env` file reads in its own way.
const PASSWORD_ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+=";
const PASSWORD_LENGTH: usize = 28;

/// `length` characters of `alphabet`, each equally likely.
pub(super) fn text(alphabet: &[u8], length: usize) -> String {
    let mut generator = rand::rng();
    (0..length).filter_map(|_| alphabet.choose(&mut generator).copied()).map(char::from).collect()
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
        assert_eq!(sample.len(), 5_000);
        assert!(LOWER_AND_DIGITS.iter().all(|byte| sample.contains(char::from(*byte))));
    }
}
