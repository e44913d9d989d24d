//! An MCP client with OAuth, written to be copied.

fn main() {}
