//! Users and the policy their passwords keep.

use std::time::SystemTime;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use secrecy::{ExposeSecret as _, SecretString};

use super::Sub;

/// The special characters that Cognito counts as symbols, besides a space inside the password.
const SYMBOLS: &str = "^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+-";

/// One user.
#[derive(Debug)]
pub(crate) struct User {
    pub(crate) sub: Sub,
    pub(crate) username: String,
    /// In the order in which they were given, without `sub`.
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) status: UserStatus,
    pub(crate) password: SecretString,
    pub(crate) created: SystemTime,
    pub(crate) modified: SystemTime,
}

impl User {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(held, _)| held == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn has_password(&self, presented: &SecretString) -> bool {
        verify_slices_are_equal(self.password.expose_secret().as_bytes(), presented.expose_secret().as_bytes()).is_ok()
    }
}

/// Where a user stands in the life cycle of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UserStatus {
    /// The password is temporary.
    ForceChangePassword,
    Confirmed,
}

impl UserStatus {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::ForceChangePassword => "FORCE_CHANGE_PASSWORD",
            Self::Confirmed => "CONFIRMED",
        }
    }
}

/// What a password must contain.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PasswordPolicy {
    pub(crate) minimum_length: usize,
    pub(crate) uppercase: bool,
    pub(crate) lowercase: bool,
    pub(crate) numbers: bool,
    pub(crate) symbols: bool,
}

impl Default for PasswordPolicy {
    /// *Hypothesis*: the policy of a pool that was created without one.
    fn default() -> Self {
        Self { minimum_length: 8, uppercase: true, lowercase: true, numbers: true, symbols: true }
    }
}

impl PasswordPolicy {
    /// What the password lacks, in Cognito's words.
    pub(crate) fn objection(&self, password: &str) -> Option<&'static str> {
        let lacks = |required: bool, kind: fn(char) -> bool| required && !password.chars().any(kind);
        if password.chars().count() < self.minimum_length {
            Some("Password not long enough")
        } else if lacks(self.uppercase, |c| c.is_ascii_uppercase()) {
            Some("Password must have uppercase characters")
        } else if lacks(self.lowercase, |c| c.is_ascii_lowercase()) {
            Some("Password must have lowercase characters")
        } else if lacks(self.numbers, |c| c.is_ascii_digit()) {
            Some("Password must have numeric characters")
        } else if lacks(self.symbols, |c| SYMBOLS.contains(c)) {
            Some("Password must have symbol characters")
        } else {
            None
        }
    }
}
