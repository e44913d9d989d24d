//! What other parties saw of a server that turned to them.

use crate::wire::Exchange;

/// What the upstream API was asked.
#[derive(Clone)]
pub(super) struct UpstreamCalls(pub(super) Vec<Exchange>);

/// What is known of the user for whom a URL was elicited.
#[derive(Clone)]
pub(super) struct KnownOfUser(pub(super) Vec<String>);

/// The tokens that the third party issued in the scenario.
#[derive(Clone)]
pub(super) struct ThirdPartyTokens(pub(super) Vec<String>);
