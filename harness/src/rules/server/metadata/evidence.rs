//! What a client leaves behind that looked for metadata.

use crate::protocol::issuer::IssuerLookup;
use crate::protocol::metadata::{Attempt, own_documents};
use crate::wire::Exchange;
use serde_json::{Map, Value};

/// The attempts to read the protected resource metadata.
#[derive(Clone)]
pub(super) struct Discovered {
    /// The endpoint that it is looked for.
    pub(super) endpoint: String,
    /// What the challenge names as `resource_metadata`.
    pub(super) named: Option<String>,
    /// One attempt a way.
    pub(super) attempts: Vec<Attempt>,
    /// Where no client looks, where the ways led to nothing.
    pub(super) astray: Option<Attempt>,
}

impl Discovered {
    /// The documents that are about the endpoint.
    pub(super) fn own(&self) -> Vec<(&Attempt, Map<String, Value>)> {
        own_documents(&self.attempts, &self.endpoint)
    }

    /// The numbers of all exchanges.
    pub(super) fn numbers(&self) -> Vec<usize> {
        self.attempts.iter().chain(&self.astray).flat_map(Attempt::numbers).collect()
    }
}

/// What was found out about the authorization servers that the metadata names.
#[derive(Clone)]
pub(super) struct Lookups(pub(super) Vec<IssuerLookup>);

/// The answers to requests for each resource that ends with a slash, without that slash.
#[derive(Clone)]
pub(super) struct WithoutSlash(pub(super) Vec<Exchange>);
