//! The emulator as a program: starts one, sets up a pool to try, prints what belongs into `.env`, and runs until Ctrl-C.
//!
//! Standard output is the content of a `.env` file and nothing else; everything for people goes to standard error.

use std::fs;
use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser;
use cognito_emulator::sample::{Wanted, provision};
use cognito_emulator::{Emulator, LoginShape, Settings, StartError};
use tracing_subscriber::EnvFilter;

/// Exit code for wrong usage and for a port that cannot be had; clap uses it as well.
const USAGE: u8 = 2;

/// An authorization server that behaves like an Amazon Cognito user pool, on this machine and for tests only.
///
/// Without --empty it sets up a pool with a protected resource, an app client and a user, and prints what to put into .env.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Port of the API host on 127.0.0.1, which is the issuer's port too; 0 takes a free one
    #[arg(long, default_value_t = 9229)]
    port: u16,
    /// The protected resource: identifier of the resource server and prefix of its scope
    #[arg(long, value_name = "URL", default_value = "http://localhost:8001/mcp")]
    resource: String,
    /// A redirect URI of the app client; may be repeated
    #[arg(long = "callback", value_name = "URL", default_value = "http://localhost:3030/callback")]
    callbacks: Vec<String>,
    /// Ask for user name and password on two pages
    #[arg(long)]
    two_page_login: bool,
    /// List code_challenge_methods_supported in the discovery document, which Cognito does not
    #[arg(long)]
    announce_pkce: bool,
    /// Start without a pool
    #[arg(long, conflicts_with_all = ["resource", "callbacks", "write_env"])]
    empty: bool,
    /// Write what is printed into this file as well
    #[arg(long, value_name = "FILE")]
    write_env: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .init();
    match run(&Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error:#}"));
            let port = matches!(error.downcast_ref(), Some(StartError::PortInUse { .. }));
            if port { ExitCode::from(USAGE) } else { ExitCode::FAILURE }
        }
    }
}

async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let emulator = Emulator::start(settings(arguments)).await?;
    if !arguments.empty {
        let wanted = Wanted { resource: arguments.resource.clone(), callbacks: arguments.callbacks.clone() };
        let env = provision(&emulator, &wanted).await?.to_env().to_string();
        print(&env);
        if let Some(file) = &arguments.write_env {
            fs::write(file, format!("{env}\n")).with_context(|| format!("{} was not written", file.display()))?;
        }
    }
    let interrupted = interruption().context("Ctrl-C cannot be waited for")?;
    say(&format!("Listening on {}. Ctrl-C stops the emulator and forgets everything.", emulator.api_url()));
    interrupted.await;
    emulator.stop().await;
    Ok(())
}

/// Ctrl-C, listened for from now on: one that follows right after the program said that it listens ends it well too.
fn interruption() -> std::io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    let mut signal = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())?;
    #[cfg(windows)]
    let mut signal = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        signal.recv().await;
    })
}

fn settings(arguments: &Arguments) -> Settings {
    Settings {
        api_port: arguments.port,
        announce_pkce: arguments.announce_pkce,
        login_shape: if arguments.two_page_login { LoginShape::TwoPages } else { LoginShape::OnePage },
        ..Settings::default()
    }
}

#[allow(clippy::print_stdout, reason = "standard output is the program's result")]
fn print(env: &str) {
    println!("{env}");
}

#[allow(clippy::print_stderr, reason = "standard error is for people")]
fn say(text: &str) {
    eprintln!("{text}");
}
