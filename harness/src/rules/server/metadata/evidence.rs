//! What a client leaves behind that looked for metadata.

use crate::protocol::issuer::IssuerLookup;
use crate::protocol::metadata::Attempt;
use crate::wire::Exchange;

/// The attempts to read the protected resource metadata.
#[derive(Clone)]
pub(super) struct Discovered(pub(super) Vec<Attempt>);

/// What was found out about the authorization servers that the metadata names.
#[derive(Clone)]
pub(super) struct Lookups(pub(super) Vec<IssuerLookup>);

/// The answers to requests for each resource that ends with a slash, without that slash.
#[derive(Clone)]
pub(super) struct WithoutSlash(pub(super) Vec<Exchange>);
