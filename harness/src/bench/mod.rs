//! The bench: who plays what around the party under judgement.
//!
//! One file a kind of subject. A bench arranges and stimulates and hands back exchanges; it accuses nobody. It may know
//! MCP, OAuth, authorities and the wire. It does not know cucumber, and no judge knows it.

mod authority;
mod browser_session;
mod canary;
mod client;
mod errand;
mod facade;
mod key_set;
mod means;
mod openness;
mod own_authority;
mod probe;
mod proxy;
mod pulse;
mod scoped;
mod server;
mod session;
mod stage;
mod subject;
mod third_party;
mod upstream;

pub use authority::{AuthorityBench, AuthorityStage};
pub use browser_session::{BrowserSession, DeadEnd, browser_of};
pub use canary::{Canary, Nest};
pub use client::{ClientBench, ClientJob, ClientRun, ClientStage, ClientSubject, ReferenceClient};
pub use key_set::{KeySet, Patience};
pub use means::{ConsentProxy, Facility, HandleTool, Means, Missing, ThirdPartySeat, UpstreamTool};
pub use openness::Openness;
pub use probe::{rewrite, set_mirror};
pub use proxy::{Proxy, RegisteredClient};
pub use scoped::Scoped;
pub use server::{Credential, Discovery, Effect, Placement, ServerBench, ServerStage};
pub use stage::{Bench, Stage, Variation};
pub use subject::{Account, AudiencePolicy, Implication, ScopedOperation, Subject};
pub use third_party::{THIRD_PARTY_URL, ThirdParty};
pub use upstream::PlayedUpstream;
