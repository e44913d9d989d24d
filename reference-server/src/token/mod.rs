//! Verification of access tokens: RS256-signed JWTs of one issuer, meant for this resource.
//!
//! A presented token passes through types, each of which only the step before can make: [`BearerToken`] (the right
//! alphabet), `Jws` (three parts, an acceptable header), `SignedClaims` (the signature holds), [`VerifiedToken`] (the claims
//! hold too). Code that needs a caller's identity asks for the last one and so cannot be reached without it.
//!
//! Each way to fail is its own [`Refusal`]. What a token says about keys (`jwk`, `jku`, `x5u`, `x5c`) or what its unverified
//! claims say is never followed. This module does not know HTTP, and decides nothing about scopes.
//!
//! [`BearerToken`]: crate::credentials::BearerToken

mod claims;
mod jws;
mod refusal;
mod verifier;

pub use claims::{Principal, VerifiedToken};
pub use refusal::Refusal;
pub use verifier::{Unverified, Verifier};
