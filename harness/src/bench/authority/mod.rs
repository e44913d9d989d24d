//! Around an authorization server: a client and a user.

mod client;
mod purpose;
mod stage;
mod throwaway;

pub use client::{AuthorizationRequest, Returned};
pub use purpose::{Authorizing, Redeeming};
pub use stage::{AuthorityBench, AuthorityStage};
pub use throwaway::{Throwaway, ThrownAway};
