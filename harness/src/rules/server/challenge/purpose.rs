//! What an outsider asks for.

use crate::wire::purpose;
use std::fmt;

/// A request without a token, by a caller who tries what there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ByOutsider {
    /// For a tool that exists.
    ExistingTool,
    /// For one that does not.
    MissingTool,
    /// For a method that does not exist.
    UnknownMethod,
    /// For a tool that exists, with arguments that cannot be read.
    BrokenArguments,
}
purpose!(ByOutsider);

impl fmt::Display for ByOutsider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self {
            Self::ExistingTool => "an existing tool",
            Self::MissingTool => "a tool that does not exist",
            Self::UnknownMethod => "an unknown method",
            Self::BrokenArguments => "broken arguments",
        };
        write!(f, "{what}, by an outsider")
    }
}

/// What is sent to the older HTTP+SSE transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OldTransport {
    /// With a token, for the stream that names the message endpoint.
    Stream,
    /// Without one, for the message endpoint.
    Message,
}
purpose!(OldTransport);

impl fmt::Display for OldTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stream => "the event stream of the older transport, with a valid token",
            Self::Message => "tools/list at the message endpoint of the older transport, without a token",
        })
    }
}
