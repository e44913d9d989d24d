//! What other parties saw of a server that turned to them.

use crate::wire::Exchange;

/// What the upstream API was asked.
#[derive(Clone)]
pub(super) struct UpstreamCalls(pub(super) Vec<Exchange>);

/// The tokens that the third party issued in the scenario.
#[derive(Clone)]
pub(super) struct ThirdPartyTokens(pub(super) Vec<String>);
