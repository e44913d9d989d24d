//! What a browser was shown.

pub mod page;
pub mod walk;
