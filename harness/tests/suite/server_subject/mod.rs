//! Judging a server that somebody else wrote: by command, by URL, and servers that are none.

mod bad;
mod by_client_credentials;
mod by_command;
mod by_login;
mod by_url;
mod ended;
mod older_transport;
mod program;
mod reference;
mod refused;
mod repeated;
