//! What is left of something that was made to be removed.

/// What is still there of it, or could not be shown to be gone.
#[derive(Clone)]
pub(super) struct Left(pub(super) Vec<String>);
