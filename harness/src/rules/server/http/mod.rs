//! What HTTP itself asks of a protected endpoint: Origin, Host, header and content, malformed credentials.

mod cors;
mod evidence;
pub(crate) mod judge;
pub(super) mod mutants;
mod purpose;
mod steps;
