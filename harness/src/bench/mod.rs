//! The bench: who plays what around the party under judgement.
//!
//! One folder a kind of subject, and `parts/` for what several of them play. A bench arranges and stimulates and hands
//! back exchanges; it accuses no party. It may know MCP, OAuth, where tokens come from, and the wire. It does not know
//! cucumber, and no judge knows it.
//!
//! Known to `plan`, `world`, `rules`, `run`, `record`, `setup` and `cli`.

mod authority;
mod browser_session;
pub mod client;
mod parts;
mod server;
mod stage;
pub mod walk;

pub use authority::{
    AuthorityBench, AuthorityStage, AuthorizationRequest, Authorizing, Redeeming, Returned, Throwaway, ThrownAway,
};
pub use browser_session::{BrowserSession, DeadEnd, browser_of};
pub use client::{ClientBench, ClientJob, ClientRun, ClientStage, ClientSubject, ReferenceClient};
pub use parts::{Canary, KeyDelay, KeySet, Nest, PlayedUpstream, THIRD_PARTY_URL, ThirdParty, Turn};
pub use server::{
    Asked, ByPlainHttp, ChosenScopes, ConsentProxyClient, Credential, Discovery, ListeningSockets, Looked, Offer,
    OneOfMany, Openness, Placement, RegisteredClient, Scoped, ServerBench, ServerStage, Under, UnknownScopes, rewrite,
    set_mirror,
};
pub use stage::{Bench, Stage, Variation};
