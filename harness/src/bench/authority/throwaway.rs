//! What a run makes outside this process, made and removed once more: the bench knows only that there is such a place.

use crate::wire::{Edit, Trace};
use futures::future::BoxFuture;
use std::sync::Arc;

/// What became of something that was made to be removed.
#[derive(Clone, Debug)]
pub struct ThrownAway {
    /// What was sent for it, as far as that can be seen.
    pub trace: Trace,
    /// What is still there of it, or could not be shown to be gone.
    pub left: Vec<String>,
    /// How often the edit changed something.
    pub changes: usize,
}

/// A place in which things are made that have to be removed again.
pub trait Throwaway: Send + Sync {
    /// Makes something like what the run stands on, removes it, and looks whether it is gone, with `edit` beside the
    /// recorder.
    ///
    /// # Errors
    /// Says why it could not be made.
    fn throw_away(&self, edit: Arc<dyn Edit>) -> BoxFuture<'_, Result<ThrownAway, String>>;
}
