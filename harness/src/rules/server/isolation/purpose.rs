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
    /// In a session of one user, with the token of another, to see as whom that one acts.
    ActingInOthersSession,
    /// In a session of the user, with a second token.
    WithSecondToken,
    /// Under a session id that the client chose.
    UnderChosenId,
    /// A stream of the user's own, behind an event of it.
    ResumingOwn,
    /// A stream of another user, behind an event of it.
    ResumingOthers,
    /// Tasks, by a client without a token.
    TasksOfOutsider,
    /// With a state that was used and must not be used again.
    StateAgain,
    /// As one of all the things that are offered.
    Offered(Asking),
}
purpose!(Circumstance);

/// Who asks for what the server offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::enum_variant_names, reason = "each says with which token")]
pub(super) enum Asking {
    /// A client without a token.
    WithoutToken,
    /// A client with a bad one.
    WithBadToken,
    /// A client without a token, for what is public.
    PublicWithoutToken,
    /// A client with a bad token, for what is public.
    PublicWithBadToken,
}

impl fmt::Display for Asking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WithoutToken => "offered, without a token",
            Self::WithBadToken => "offered",
            Self::PublicWithoutToken => "public, without a token",
            Self::PublicWithBadToken => "public",
        })
    }
}

impl fmt::Display for Circumstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SessionAlone => f.write_str("in a session without a token"),
            Self::OthersSession => f.write_str("another user in it"),
            Self::InTurn => f.write_str("in turn"),
            Self::OthersValues(place) => write!(f, "with another user's values in {place}"),
            Self::ActingInOthersSession => f.write_str("another user in it, to see who calls"),
            Self::WithSecondToken => f.write_str("in it with a second token"),
            Self::UnderChosenId => f.write_str("under an id of the client's choosing"),
            Self::ResumingOwn => f.write_str("resumed from an event"),
            Self::ResumingOthers => f.write_str("resumed from an event by another user"),
            Self::TasksOfOutsider => f.write_str("without a token"),
            Self::StateAgain => f.write_str("with a requestState that was used"),
            Self::Offered(asking) => write!(f, "{asking}"),
        }
    }
}
