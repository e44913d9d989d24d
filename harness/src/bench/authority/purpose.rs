//! What a client and its user send to an authorization server for.

use crate::wire::purpose;
use std::fmt;

/// To get a code from the authorization endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authorizing {
    /// By a user agent whose user has not logged in.
    WithoutLogin,
    /// By a browser whose user logs in.
    WithLogin,
}
purpose!(Authorizing);

impl fmt::Display for Authorizing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WithoutLogin => "an authorization request without a login",
            Self::WithLogin => "the browser's authorization request",
        })
    }
}

/// To get tokens from the token endpoint for a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redeeming {
    /// As it ought to be done.
    Properly,
    /// The same once more.
    Again,
    /// With a code verifier that does not belong to the code challenge.
    WithAnotherVerifier,
}
purpose!(Redeeming);

impl fmt::Display for Redeeming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Properly | Self::WithAnotherVerifier => "redeeming the code",
            Self::Again => "redeeming the code again",
        })
    }
}
