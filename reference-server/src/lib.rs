//! An MCP server protected by OAuth, written to be copied.
//!
//! The server is an OAuth 2.1 resource server: it publishes protected resource metadata, challenges callers that bring
//! no usable token, verifies access tokens issued by one authorization server (Amazon Cognito by default) and asks for
//! further scopes per operation. It speaks MCP over streamable HTTP in the revisions 2025-03-26, 2025-06-18,
//! 2025-11-25 and 2026-07-28. It does not issue tokens, does not register clients and holds no switch that makes it
//! misbehave.
//!
//! The way of a request, one module a step:
//!
//! | step | module | answers with |
//! |---|---|---|
//! | is the request addressed to this server, from an allowed origin? | [`rebinding`] | 403 |
//! | which credentials does it carry? | [`credentials`] | 400 `invalid_request`, 401 |
//! | is the access token good? | [`token`], [`keys`] | 401 `invalid_token`, 503 |
//! | what does it ask for, and does the scope cover that? | [`operation`], [`scope`] | 403 `insufficient_scope` |
//! | is the session the caller's own? | [`sessions`] | 404 |
//! | do it | [`tools`] | JSON-RPC |
//!
//! [`guard`] walks these steps in this order; [`server`] puts the parts together.

pub mod batch;
pub mod challenge;
pub mod config;
pub mod cors;
pub mod credentials;
pub mod guard;
pub mod keys;
pub mod metadata;
pub mod notes;
pub mod operation;
pub mod rebinding;
pub mod resource;
pub mod scope;
pub mod server;
pub mod sessions;
pub mod strict_json;
pub mod token;
pub mod tools;

pub use config::{AllowedClients, Config, ConfigError, TokenUse};
pub use resource::Resource;
pub use scope::{Scope, Scopes};
pub use server::{Running, Server, StartError, router};
pub use token::{Refusal, VerifiedToken, Verifier};
