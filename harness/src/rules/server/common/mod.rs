//! What all rooms share: positive controls, requests with and without tokens, whether they were accepted or had an effect.

pub(super) mod evidence;
mod judge;
mod steps;

pub(super) use steps::{given, then, when};
