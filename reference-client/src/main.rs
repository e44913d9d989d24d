//! The program: a prompt for a protected MCP server, or one command. It only joins arguments, session and terminal.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::{collections::HashMap, io::IsTerminal, process::ExitCode, sync::Arc};

use clap::Parser;
use reference_client::{
    Browser, PrintedUrl, Session, SystemBrowser,
    config::{Arguments, Configuration, Login, Task},
    connect,
    contract::{self, Unattended},
    prompt::{self, Command},
};
use tokio::io::BufReader;
use tracing_subscriber::EnvFilter;

const FAILED: u8 = 1;
const MISUSED: u8 = 2;

fn main() -> ExitCode {
    // rmcp reports every 401 as an error of its own, although here it is the beginning of a login.
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,rmcp=off"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .without_time()
        .with_target(false)
        .init();
    let configuration = match configuration() {
        Ok(configuration) => configuration,
        Err(error) => {
            eprintln!("{error:#}");
            return ExitCode::from(MISUSED);
        }
    };
    match run(configuration) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(FAILED)
        }
    }
}

/// The environment wins over `.env`, so that one run can differ from the file.
fn configuration() -> anyhow::Result<Configuration> {
    let file: HashMap<String, String> = match dotenvy::dotenv_iter() {
        Ok(variables) => variables.collect::<Result<_, _>>().map_err(|error| anyhow::anyhow!(".env: {error}"))?,
        Err(error) if error.not_found() => HashMap::new(),
        Err(error) => return Err(anyhow::anyhow!(".env: {error}")),
    };
    let variable = |name: &str| std::env::var(name).ok().or_else(|| file.get(name).cloned());
    Ok(Configuration::new(Arguments::parse(), variable)?)
}

fn run(configuration: Configuration) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let result = runtime.block_on(async {
        tokio::select! {
            result = work(configuration) => result,
            interrupted = tokio::signal::ctrl_c() => {
                interrupted?;
                eprintln!();
                Ok(ExitCode::SUCCESS)
            }
        }
    });
    // A read of standard input cannot be taken back; do not wait for it.
    runtime.shutdown_background();
    result
}

async fn work(configuration: Configuration) -> anyhow::Result<ExitCode> {
    let Configuration { settings, task, login } = configuration;
    let browser: Arc<dyn Browser> = match login {
        Login::Browser => Arc::new(SystemBrowser),
        Login::Printed => Arc::new(PrintedUrl),
        Login::Unattended => Arc::new(Unattended::new(&settings.http)?),
    };
    let server = settings.server.clone();
    let session = connect(settings, browser).await?;
    let result = match task {
        Task::Prompt => {
            println!("connected to {server} (MCP {})\n{}", session.revision(), prompt::HELP);
            prompt::run(&session, BufReader::new(tokio::io::stdin()), std::io::stdout()).await?;
            Ok(ExitCode::SUCCESS)
        }
        Task::Once(command) => once(&session, &command).await,
        Task::Contract => contract::perform(&session).await.map(|()| ExitCode::SUCCESS).map_err(anyhow::Error::from),
    };
    session.close().await;
    result
}

async fn once(session: &Session, command: &Command) -> anyhow::Result<ExitCode> {
    let shown = command.run(session).await?;
    println!("{}", shown.text);
    Ok(if shown.failed { ExitCode::from(FAILED) } else { ExitCode::SUCCESS })
}
