//! What a client leaves behind that was at the server's own authorization server.

use crate::protocol::own_authority::Sighting;
use crate::wire::Exchange;

/// What was seen by a client that looked for an authorization server at the host.
#[derive(Clone)]
pub(super) struct SeenAtHost(pub(super) Vec<Sighting>);

/// What a login there brought; nothing where there is no such server, or the way through its login pages is not told.
#[derive(Clone)]
pub(super) struct OwnTokens(pub(super) Option<Issued>);

/// The answers of a token endpoint to one client.
#[derive(Clone)]
pub(super) struct Issued {
    /// To its code.
    pub(super) first: Exchange,
    /// To its refresh token, if it got one.
    pub(super) refreshed: Option<Exchange>,
}
