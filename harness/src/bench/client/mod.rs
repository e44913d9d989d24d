//! Around an MCP client: MCP servers and authorization servers, and the user who logs in.

mod front;
mod stage;

pub use stage::{ClientBench, ClientFlow, ClientJob, ClientRun, ClientStage, ClientSubject, ReferenceClient};
