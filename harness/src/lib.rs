//! Judges whether an OAuth-protected MCP server, client or authorization server keeps the rules, and shows the evidence.

pub mod browser;
