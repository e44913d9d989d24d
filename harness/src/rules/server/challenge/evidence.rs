//! What an outsider leaves behind.

use crate::wire::Exchange;

/// What the server answered a caller without a token, who asks for what exists and for what does not.
#[derive(Clone)]
pub(super) struct ToOutsider(pub(super) Vec<Exchange>);
