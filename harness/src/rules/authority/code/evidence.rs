//! What the redemption of a code leaves behind.

use crate::wire::Exchange;

/// A request to the token endpoint, and its answer.
#[derive(Clone)]
pub(super) struct TokenResponse(pub(super) Exchange);
