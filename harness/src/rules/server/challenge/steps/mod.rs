//! Steps: from the words of the feature files to one call each.

mod detour;
mod outsider;
mod then;

pub(crate) use then::judge_challenge;
