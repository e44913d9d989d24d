//! What an outsider leaves behind.

use crate::rules::server::common::evidence::Effect;
use crate::wire::Exchange;

/// What the server answered a caller without a token, who asks for what exists and for what does not.
#[derive(Clone)]
pub(super) struct ToOutsider(pub(super) Vec<Exchange>);

/// Whether the tool that was called past the check had its effect, where it has one that can be read back.
#[derive(Clone, Copy)]
pub(super) struct EffectOfDetour(pub(super) Option<Effect>);

/// The answers to messages without a token at the message endpoints of the older transport, each with whether what was
/// asked for came by the stream. None where the server does not offer that transport.
#[derive(Clone)]
pub(super) struct OfOldTransport(pub(super) Vec<(Exchange, bool)>);
