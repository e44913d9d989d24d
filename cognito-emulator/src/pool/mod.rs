//! A user pool in memory: its settings, clients, resource servers, users and what sign-ins left behind.
//!
//! Nothing here knows HTTP or JSON requests. Values are valid by the time they get here.
//!
//! - [`ids`]: identifiers and secrets as types;
//! - [`model`]: the pool itself and what an administrator creates in it;
//! - [`client`]: app clients and what they may ask for;
//! - [`user`]: users and the password policy;
//! - [`sign_ins`]: codes, browser sessions, grants and refresh tokens, with their lifetimes.

mod client;
mod ids;
mod model;
mod sign_ins;
mod user;

pub(crate) use client::{Client, ClientSecret, Flow, Lifetimes, Rotation};
pub(crate) use ids::{ClientId, GrantId, PoolId, Sub};
pub(crate) use model::{Branding, Pool, ResourceServer, Tier, Usernames};
pub(crate) use sign_ins::{Grant, PendingCode, RefreshRefused, Session, SignIns};
pub(crate) use user::{PasswordPolicy, User, UserStatus};
