//! Judging a server that somebody else wrote: by command, by URL, and servers that are none.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "server_subject/bad.rs"]
mod bad;
#[path = "server_subject/by_client_credentials.rs"]
mod by_client_credentials;
#[path = "server_subject/by_command.rs"]
mod by_command;
#[path = "server_subject/by_login.rs"]
mod by_login;
#[path = "server_subject/by_url.rs"]
mod by_url;
#[path = "server_subject/ended.rs"]
mod ended;
#[path = "server_subject/program.rs"]
mod program;
#[path = "server_subject/reference.rs"]
mod reference;
#[path = "server_subject/refused.rs"]
mod refused;
