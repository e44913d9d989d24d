//! What the rules about a token on its way send their requests for, where a plain [`Asked`](crate::bench::Asked) does not
//! say it.

use crate::mcp::Operation;
use crate::wire::purpose;
use std::fmt;

/// To see whether an operation is carried out without a token, right after it was with one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RightAfter(pub(super) Operation);
purpose!(RightAfter);

impl fmt::Display for RightAfter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} without a token, right after one with it", self.0)
    }
}
