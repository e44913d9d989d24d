//! What the steps that all rooms share leave for a Then.

/// Whether a call took its effect, as far as a read with a valid token shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Its marker can be read back.
    Seen,
    /// It cannot.
    NotSeen,
}
