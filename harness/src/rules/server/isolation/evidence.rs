//! What the steps about isolation leave for a later one.

use super::calls::TaskMethod;
use crate::wire::Exchange;
use serde_json::Value;

/// The id of a session that serves the user who opened it.
#[derive(Clone, Debug)]
pub(super) struct SessionOf(pub(super) String);

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
