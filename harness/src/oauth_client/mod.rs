//! The harness as an OAuth client: token requests, and the authorization code flow at any authorization server.
//!
//! Knows OAuth, login pages and the wire, and nothing of MCP, cucumber or verdicts.
//!
//! Known to `tokens`, `bench`, `setup` and `cli`.

mod client;
mod code_flow;
mod hosted;

pub use client::{AuthorizationServer, ClientAuthentication, OAuthClient, TokenError, Tokens};
pub use code_flow::{Ask, CodeFlow, FlowError};
pub(crate) use code_flow::{authorization_request, code, random_text};
pub use hosted::HostedLogin;
