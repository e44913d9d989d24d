//! The emulator seen from outside: the API through the real AWS SDK, everything else through plain HTTP.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod api;
mod api_clients;
mod api_users;
mod authorization;
mod bench;
mod browser;
mod discovery;
mod lifecycle;
mod login;
mod refresh;
mod token_endpoint;
mod tokens;
mod user_info;
