//! What the steps about isolation leave for a later one.

use super::calls::TaskMethod;
use crate::mcp::Operation;
use crate::wire::Exchange;
use http::HeaderValue;
use serde_json::Value;

/// The id of a session that serves the user who opened it.
#[derive(Clone, Debug)]
pub(super) struct SessionOf(pub(super) String);

/// Two streams of a session of a user, each with the answer to one request.
#[derive(Clone, Debug)]
pub(super) struct Streams {
    /// The session.
    pub(super) session: String,
    /// The id of the first event of the first stream.
    pub(super) event: HeaderValue,
    /// The JSON-RPC id of the request that the first stream answers.
    pub(super) first: Value,
    /// The same of the second one.
    pub(super) second: Value,
}

/// The session id that a client chose.
#[derive(Clone, Debug)]
pub(super) struct ChosenId(pub(super) HeaderValue);

/// What the server offers to a user.
#[derive(Clone, Debug)]
pub(super) struct Offered(pub(super) Vec<Operation>);

/// What the server carries out without a token.
#[derive(Clone, Debug)]
pub(super) struct Public {
    /// The operations.
    pub(super) operations: Vec<Operation>,
    /// The session in which they are asked for, where opening one takes no token.
    pub(super) session: Option<String>,
}

/// What the user who opened a session is answered in it after another one has tried to use it.
#[derive(Clone, Debug)]
pub(super) struct OwnerAfterwards(pub(super) Exchange);

/// A state handle that serves the user who got it.
#[derive(Clone, Debug)]
pub(super) struct StateHandle(pub(super) String);

/// The handles among which one is looked for that can be guessed.
#[derive(Clone, Debug)]
pub(super) struct Handles(pub(super) Vec<String>);

/// A demand for input, which is met when its state comes back as it was.
#[derive(Clone, Debug)]
pub(super) struct Demanded {
    /// The `requestState`.
    pub(super) state: String,
    /// The result that holds it and what is demanded.
    pub(super) demand: Value,
}

/// The id of a task that serves the user who created it.
#[derive(Clone, Debug)]
pub(super) struct TaskOf(pub(super) String);

/// What another user asked for about that task.
#[derive(Clone, Copy, Debug)]
pub(super) struct AskedAboutTask(pub(super) TaskMethod);

/// The answers by which a tool tells two users apart.
#[derive(Clone, Debug)]
pub(super) struct Identities {
    /// To the first user.
    pub(super) user: Exchange,
    /// To the other one.
    pub(super) other: Exchange,
}
