//! Steps: from the words of the feature files to one call each.

mod cookies;
pub(crate) mod given;
mod then;
mod when;
