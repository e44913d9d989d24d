//! What an operator declares of a subject because it cannot be seen from outside: plain data, read from a file.
//!
//! Knows MCP's tool calls and nothing of how anything is probed or judged.
//!
//! Known to `bench`, `world`, `rules`, `setup` and `cli`.

mod capabilities;
mod subject;

pub use capabilities::{Capabilities, Capability, ConsentProxy, HandleTool, Missing, ThirdPartySeat, UpstreamTool};
pub use subject::{Account, AudiencePolicy, Effect, Implication, ScopedOperation, Subject};
