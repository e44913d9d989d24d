//! Around an authorization server: a client and a user.

mod stage;

pub use stage::{AuthorityBench, AuthorityStage};
