//! What the rules about isolation send their requests for, as far as it must be recognised.

use crate::rules::server::common::words::worded;
use crate::wire::purpose;
use std::fmt;

worded! {
    /// What comes in at the server, by its method and the kind of message.
    Inbound {
        /// An operation that takes a token.
        Request = "a POST of a request",
        /// A message that has no answer.
        Notification = "a POST of a notification",
        /// An answer to a request of the server, which made none.
        Response = "a POST of a response",
        /// The stream from the server.
        Get = "a GET",
        /// The end of a session.
        Delete = "a DELETE",
        /// A method that MCP does not know.
        Put = "a PUT",
        /// Another one.
        Patch = "a PATCH",
        /// The event stream of the older HTTP+SSE transport.
        OldStream = "a GET of the old event stream",
        /// The endpoint for messages of that transport.
        OldMessage = "a POST to the old message endpoint",
    }
}

/// To see whether something that comes in without a token gets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WithoutToken(pub(super) Inbound);
purpose!(WithoutToken);

impl fmt::Display for WithoutToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} without a token", self.0)
    }
}

worded! {
    /// Where a client supplies values that name a user.
    Place {
        /// The arguments of the tool.
        Arguments = "the arguments",
        /// The metadata of the call.
        Meta = "_meta",
        /// What the client says of itself.
        ClientInfo = "clientInfo",
        /// The fields in which proxies tell a server who has logged in.
        HeaderFields = "header fields",
        /// Cookies.
        Cookies = "cookies",
    }
}

/// The circumstance under which an operation is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Circumstance {
    /// In a session of a user, without a token.
    SessionAlone,
    /// In a session of one user, with the token of another.
    OthersSession,
    /// Between requests of another user on the same connection.
    InTurn,
    /// With values of another user at this place.
    OthersValues(Place),
}
purpose!(Circumstance);

impl fmt::Display for Circumstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SessionAlone => f.write_str("in a session without a token"),
            Self::OthersSession => f.write_str("another user in it"),
            Self::InTurn => f.write_str("in turn"),
            Self::OthersValues(place) => write!(f, "with another user's values in {place}"),
        }
    }
}
