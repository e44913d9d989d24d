//! The command line: arguments to settings, settings to a run, a run to an exit code.

mod args;
mod command;
mod explain;
mod interruption;
mod listing;
mod progress;
mod sample;
mod server;
mod subject_file;

pub use command::main;
