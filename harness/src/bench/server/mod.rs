//! Around an MCP server: a client that holds every kind of token, and what a scenario has it do.

mod chosen_scopes;
mod consent_proxy;
mod credential;
mod discovery;
mod errand;
mod liveness;
mod offers;
mod openness;
mod own_authority;
mod probe;
mod purpose;
mod scoped;
mod session;
mod shared;
mod stage;
mod upstream;

pub use chosen_scopes::{ChosenScopes, UnknownScopes};
pub use consent_proxy::{ConsentProxyClient, RegisteredClient};
pub use credential::{Credential, Placement};
pub use discovery::Discovery;
pub use errand::ByPlainHttp;
pub use offers::Offer;
pub use openness::Openness;
pub use probe::{rewrite, set_mirror};
pub use purpose::{Asked, ListeningSockets, Looked, OneOfMany, Under};
pub use scoped::Scoped;
pub use stage::{ServerBench, ServerStage};
