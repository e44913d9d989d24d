//! What the steps about tokens that are made for one scenario leave for a Then.

use crate::wire::Exchange;
use std::time::Duration;

/// Requests for the issuer's keys while tokens that name unknown keys were sent.
#[derive(Clone, Debug)]
pub(crate) struct KeyTraffic {
    /// How many requests for the keys there had been.
    pub(crate) before: usize,
    /// How many there were in the end.
    pub(crate) after: usize,
    /// How many tokens were sent.
    pub(crate) tokens: usize,
    /// How long that took.
    pub(crate) took: Duration,
}

/// The requests that came to the canary while it waited; of a canary that did not wait there are none of these.
#[derive(Clone, Debug)]
pub(crate) struct Contacts(pub(crate) Vec<Exchange>);

/// The text by which the effect of a call of one user is known, and which another user must not be shown.
#[derive(Clone, Debug)]
pub(crate) struct EffectOfUser {
    /// The text.
    pub(crate) marker: String,
}
