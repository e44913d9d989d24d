//! Steps that all rooms share: positive controls, requests with and without tokens, whether they were accepted.

pub(super) mod given;
pub(super) mod then;
pub(super) mod when;
