//! From the arguments of the process to the command that is meant, and from what came of it to the exit.
//!
//! The one place that knows all commands. Says why a command stopped; all else a command says itself.

use super::args::{Cli, Command};
use super::stop::Stop;
use super::terminal::say;
use super::{cognito, explain, list, run, server, token};
use crate::catalogue::Catalogue;
use crate::exit::Exit;
use clap::Parser as _;

/// Runs the program with the arguments of the process.
pub async fn main() -> Exit {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Met };
        }
    };
    match dispatch(cli).await {
        Ok(exit) => exit,
        Err(Stop { exit, message }) => {
            say(&format!("harness: {message}"));
            if exit != Exit::Usage {
                say(&format!("exit {}: {}", exit.code(), exit.meaning()));
            }
            exit
        }
    }
}

async fn dispatch(cli: Cli) -> Result<Exit, Stop> {
    let catalogue = Catalogue::embedded().map_err(Stop::failed)?;
    match cli.command {
        None => run::run(&catalogue, &cli.run).await,
        Some(Command::Run(args)) => run::run(&catalogue, &args).await,
        Some(Command::List(args)) => list::list(&catalogue, &args),
        Some(Command::Explain(args)) => explain::explain(&catalogue, &args),
        Some(Command::Server(args)) => server::server(&catalogue, &args).await,
        Some(Command::Token(args)) => token::token(&args).await,
        Some(Command::Cognito(command)) => cognito::cognito(command).await,
    }
}
