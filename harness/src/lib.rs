//! Judges whether an OAuth-protected MCP server, MCP client or authorization server keeps the rules of MCP
//! authorization, and shows the evidence.
//!
//! The way of data: a [`catalogue`] read from `features/`, a [`plan`] of what runs and why the rest does not, scenarios
//! that stimulate a [`mod@bench`], exchanges recorded on the [`wire`], judges in [`rules`] that make [`findings`] of
//! them, and a [`record`] of the run that every [`report`] format is made from. `ARCHITECTURE.md` has the invariants.

pub mod baseline;
pub mod bench;
pub mod catalogue;
pub mod cli;
pub mod cognito;
pub mod declared;
pub mod exit;
pub mod findings;
pub mod issuer;
pub mod login;
pub mod mcp;
pub mod mutation;
pub mod oauth_client;
pub mod plan;
pub mod process;
pub mod protocol;
pub mod record;
pub mod report;
pub mod rules;
pub mod run;
pub mod setup;
pub mod token_name;
pub mod tokens;
pub mod user_agent;
pub mod wire;
mod world;
