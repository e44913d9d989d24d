//! The command line: arguments to settings, settings to a run, a run to an exit code.
//!
//! Known to no other module.

mod args;
mod cognito;
mod credential_file;
mod dispatch;
mod explain;
mod forecast;
mod interruption;
mod list;
mod mismatch;
mod nearest;
mod pipeline;
mod run;
mod server;
mod stop;
mod subject_file;
mod terminal;
mod token;

pub use dispatch::main;
