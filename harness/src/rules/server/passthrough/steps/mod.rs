//! Steps: from the words of the feature files to one call each.

mod given;
mod then;
mod urls;
mod when;
