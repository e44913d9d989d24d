//! What an authorization request leaves behind.

use crate::wire::Exchange;

/// An authorization request, and where it led the user agent.
#[derive(Clone)]
pub(super) struct AuthorizationResponse(pub(super) Exchange);
