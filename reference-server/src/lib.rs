//! An MCP server protected by OAuth, written to be copied.
