//! The `cognito-idp` API: AWS JSON 1.1 over `POST /`, as the AWS SDKs speak it.
//!
//! Signatures are not checked, since no secret is known here; that a request is signed at all is. Nothing in here knows the hosted pages.
//!
//! - [`protocol`]: request in, operation chosen, answer or error out;
//! - [`error`]: the error types and their texts;
//! - [`input`]: members of a request and the constraints of the service model on them;
//! - [`paging`]: listings in pages;
//! - one module per kind of thing that is administered, with the rules for pools and clients in modules of their own.

mod branding;
mod client_rules;
mod clients;
mod domains;
mod error;
mod input;
mod paging;
mod pool_rules;
mod pools;
mod protocol;
mod resource_servers;
mod users;

pub(crate) use error::{ApiError, ErrorKind};
pub(crate) use protocol::{call, router};
