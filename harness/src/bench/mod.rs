//! The bench: who plays what around the party under judgement.
//!
//! One file a kind of subject. A bench arranges and stimulates and hands back exchanges; it accuses nobody. It may know
//! MCP, OAuth, authorities and the wire. It does not know cucumber, and no judge knows it.

mod authority;
mod client;
mod facade;
mod probe;
mod scoped;
mod server;
mod stage;
mod subject;

pub use authority::{AuthorityBench, AuthorityStage};
pub use client::{ClientBench, ClientJob, ClientRun, ClientStage, ClientSubject, ReferenceClient};
pub use probe::{rewrite, set_mirror};
pub use scoped::Scoped;
pub use server::{Credential, Discovery, Effect, Placement, ServerBench, ServerStage};
pub use stage::{Bench, Stage, Variation};
pub use subject::{Account, AudiencePolicy, Implication, ScopedOperation, Subject};
