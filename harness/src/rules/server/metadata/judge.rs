//! What protected resource metadata (RFC 9728) must be, and what it must lead to. Pure.

mod discovery;
mod issuer;
mod member;
mod resource;

pub(super) use discovery::*;
pub(super) use issuer::*;
pub(super) use member::*;
pub(super) use resource::*;
