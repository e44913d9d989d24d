//! What all rooms share: positive controls, requests with and without tokens, whether they were accepted or had an effect,
//! and words for values.

pub(super) mod evidence;
mod judge;
mod steps;
pub(super) mod words;

pub(super) use steps::{given, when};
