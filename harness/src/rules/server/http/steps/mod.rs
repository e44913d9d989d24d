//! Steps: from the words of the feature files to one call each.

mod page;
mod then;
mod when;
