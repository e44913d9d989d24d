//! Tokens as Cognito makes them: the claims, the header, the signature, and the check that the emulator's own endpoints do.
//!
//! Nothing here knows HTTP.

mod claims;
mod signed;

pub(crate) use claims::{Issuance, user_info};
pub(crate) use signed::verify_access_token;
