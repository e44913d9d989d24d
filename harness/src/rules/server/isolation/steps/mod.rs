//! Steps: from the words of the feature files to one call each.

pub(crate) mod given;
pub(crate) mod offers;
pub(crate) mod sessions;
mod then;
mod when;
