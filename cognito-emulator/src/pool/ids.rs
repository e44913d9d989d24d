//! One type per kind of identifier, and fingerprints to keep secrets out of the state.

use std::borrow::Borrow;
use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) struct $name(String);

        impl $name {
            pub(crate) fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<String> for $name {
            fn from(value: String) -> Self {
                Self(value)
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                Self(value.to_owned())
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

identifier! {
    /// `<region>_<9 letters and digits>`.
    PoolId
}
identifier! {
    /// 26 lower-case letters and digits.
    ClientId
}
identifier! {
    /// A user's `sub`: a UUID that never changes.
    Sub
}
identifier! {
    /// What all tokens of one authorization have in common: the claim `origin_jti`.
    GrantId
}

/// A one-way stand-in for a code, session id or refresh token, so that the state can find a secret without keeping it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Fingerprint(Vec<u8>);

impl Fingerprint {
    pub(crate) fn of(secret: &str) -> Self {
        Self(digest(&SHA256, secret.as_bytes()).as_ref().to_vec())
    }
}
