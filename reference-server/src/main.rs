//! The reference server as a program: reads its configuration, says what it trusts, and answers until Ctrl-C.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program talks to the person who started it")]

use std::collections::HashMap;
use std::io::{self, IsTerminal};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, ValueEnum};
use reference_server::{AllowedClients, Config, Server};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

/// The exit code for wrong usage or configuration.
const WRONG_USAGE: u8 = 2;

/// An MCP server protected by OAuth.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The port to listen on; 0 takes a free one
    #[arg(long, env = "PORT", default_value_t = 8001)]
    port: u16,
    /// The host to listen on; localhost means both loopback addresses
    #[arg(long, default_value = "localhost")]
    host: String,
    /// How MCP messages travel
    #[arg(long, value_enum, default_value_t = Transport::StreamableHttp)]
    transport: Transport,
    /// Prints the configuration and exits
    #[arg(long)]
    print_config: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Transport {
    StreamableHttp,
    #[value(hide = true)]
    Sse,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,rmcp=warn"));
    let ansi = io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(ansi).with_writer(io::stderr).init();
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("reference-server: {error:#}");
            ExitCode::from(WRONG_USAGE)
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<()> {
    if arguments.transport == Transport::Sse {
        anyhow::bail!(
            "the transport `sse` was removed from MCP (it was replaced by streamable HTTP in 2025-03-26); use \
             --transport streamable-http"
        );
    }
    let listeners = listen(&arguments.host, arguments.port).await?;
    let address = listeners.first().context("there is no address to listen on")?.local_addr()?;
    let config = Config::from_lookup(settings(address.port()))?;
    print_configuration(&config);
    if arguments.print_config {
        return Ok(());
    }
    let interrupted = interruption().context("cannot wait for Ctrl-C")?;
    for listener in &listeners {
        println!("listening on {}", listener.local_addr()?);
    }
    if !address.ip().is_loopback() {
        tracing::warn!("this server speaks plain HTTP; put a TLS terminator in front of {address}");
    }
    let running = Server::start_on(config, listeners).await?;
    interrupted.await;
    println!("stopping");
    running.stop().await;
    Ok(())
}

/// Ctrl-C, listened for from now on: one that follows right after the program said that it listens stops it well too.
fn interruption() -> std::io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    let mut signal = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())?;
    #[cfg(windows)]
    let mut signal = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        signal.recv().await;
    })
}

/// Settings from the environment and, for names that are not there, from `.env`; the port is the one that was bound.
fn settings(port: u16) -> impl Fn(&str) -> Option<String> {
    let file: HashMap<String, String> =
        dotenvy::dotenv_iter().map(|entries| entries.flatten().collect()).unwrap_or_default();
    move |name| match name {
        "PORT" => Some(port.to_string()),
        _ => std::env::var(name).ok().or_else(|| file.get(name).cloned()),
    }
}

/// Binds the host; for `localhost` both loopback addresses, on the same port, where the machine has both.
async fn listen(host: &str, port: u16) -> anyhow::Result<Vec<TcpListener>> {
    let bind = async |host: &str, port: u16| {
        TcpListener::bind((host, port)).await.with_context(|| format!("cannot listen on {host} port {port}"))
    };
    if host != "localhost" {
        return Ok(vec![bind(host, port).await?]);
    }
    let first = bind("127.0.0.1", port).await?;
    let port = first.local_addr()?.port();
    match TcpListener::bind(("::1", port)).await {
        Ok(second) => Ok(vec![first, second]),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            Err(error).with_context(|| format!("cannot listen on ::1 port {port}"))
        }
        Err(_) => Ok(vec![first]),
    }
}

fn print_configuration(config: &Config) {
    println!("resource:   {}", config.resource);
    println!("metadata:   {}", config.resource.metadata_url());
    println!("issuer:     {}", config.issuer);
    println!("keys:       {}", config.jwks_uri);
    println!("scopes:     {} (and {} to write notes)", config.base_scopes, config.note_scope.as_str());
    match &config.clients {
        AllowedClients::Listed(ids) => {
            println!("clients:    {}", Vec::from_iter(ids.iter().map(String::as_str)).join(", "))
        }
        AllowedClients::Any => println!("clients:    any"),
    }
    for weakness in config.weakened() {
        tracing::warn!("validation is weakened: {weakness}");
    }
}
