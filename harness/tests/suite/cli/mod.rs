//! The program as somebody types it: what it says, how it exits, and what it leaves, which is nothing.

mod aws;
mod explain;
mod interrupted;
mod live;
mod local;
mod program;
mod silence;
mod usage;
