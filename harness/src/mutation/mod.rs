//! Mutation: named edits beside the recorder that make another subject of the one there is.
//!
//! A [`Mutant`] says what the subject would be doing wrong and which requirements must notice. It knows requests and
//! answers, and nothing of the subject's code: the same table tests the checks against any subject.
//!
//! Known to `bench` and `rules`.

mod act;
mod change;
mod edit;
mod memory;
mod mutant;

pub use act::{Act, Errand};
pub use change::Change;
pub use edit::Mutation;
pub use memory::Memory;
pub use mutant::{Mutant, Subject};
