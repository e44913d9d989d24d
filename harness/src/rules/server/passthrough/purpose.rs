//! Why a client that supports elicitation calls.

use crate::wire::purpose;
use std::fmt;

/// To see what is shown of the inside of a server that cannot read a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct HalfAMessage;
purpose!(HalfAMessage);

impl fmt::Display for HalfAMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("half a message with a valid token")
    }
}

/// To see whether a server elicits something in place of refusing a request that presents no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ElicitingWithoutToken;
purpose!(ElicitingWithoutToken);

impl fmt::Display for ElicitingWithoutToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("without a token but with elicitation")
    }
}
