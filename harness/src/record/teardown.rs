//! What a run created outside this process, and whether it is gone.
//!
//! Says how each leftover is removed. Looks for nothing and removes nothing.

use serde::{Deserialize, Serialize};

/// What the run created outside this process, and whether it is gone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Teardown {
    /// What was looked for and found gone.
    pub gone: Vec<String>,
    /// What is left, with the command that removes it.
    pub left: Vec<LeftBehind>,
}

/// One thing that is left, or could not be shown to be gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftBehind {
    /// What it is, with its id.
    pub what: String,
    /// Why it is still there, or why that is not known.
    pub why: String,
    /// The command that removes it, or that shows whether it is there.
    pub command: String,
}
