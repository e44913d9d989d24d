//! What ends a command before there is a result.

use crate::exit::Exit;
use crate::record::LeftBehind;
use crate::report::{Look, leftovers};

/// The exit of a command that stopped, and what is said of it.
#[derive(Debug)]
pub(super) struct Stop {
    pub(super) exit: Exit,
    pub(super) message: String,
}

impl Stop {
    /// What was typed cannot be done.
    pub(super) fn usage(message: impl ToString) -> Self {
        Self { exit: Exit::Usage, message: message.to_string() }
    }

    /// The harness failed.
    pub(super) fn failed(message: impl ToString) -> Self {
        Self { exit: Exit::Failed, message: message.to_string() }
    }

    /// Wrong usage where the person who typed the command can mend it, else a failure of the harness.
    pub(super) fn of(is_usage: bool, message: impl ToString) -> Self {
        if is_usage { Self::usage(message) } else { Self::failed(message) }
    }

    /// The same with what is left behind, which outranks why it stopped.
    pub(super) fn with_leftovers(self, left: &[LeftBehind], look: Look) -> Self {
        if left.is_empty() {
            return self;
        }
        let message = format!("{}\n{}", self.message, leftovers(left, look)).trim_end().to_owned();
        Self { exit: Exit::LeftBehind, message }
    }
}
