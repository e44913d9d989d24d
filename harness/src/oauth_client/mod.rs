//! The harness as an OAuth client: token requests, the authorization code flow, and the flow as it is judged.
//!
//! Knows OAuth, login pages and the wire, and nothing of MCP, cucumber or verdicts.

mod client;
mod code_flow;
mod hosted;

pub use client::{AuthorizationServer, ClientAuthentication, OAuthClient, TokenError, Tokens};
pub use code_flow::{Ask, CodeFlow, FlowError};
pub use hosted::{Flow, HostedLogin};
