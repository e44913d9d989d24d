//! Steps: from the words of the feature files to one call each.

mod then;
mod when;
