//! What the program is told: command line, environment, `.env`. It turns them into [`Settings`] and a [`Task`], and reports
//! everything that is wrong at once. It reads values through a lookup, so it never changes the environment.

use std::{fmt, path::PathBuf};

use clap::Parser;
use secrecy::SecretString;

use crate::{
    contract::{self, Contract},
    exemption::Exemption,
    prompt::Command,
    settings::{Callback, Registration, Revision, ServerUrl, Settings},
};

/// Where the server of the sample listens.
const DEFAULT_SERVER: &str = "http://localhost:8001/mcp";
const DEFAULT_CALLBACK_PORT: u16 = 3030;

/// An MCP client with OAuth 2.1: a prompt, or one command.
///
/// Reads COGNITO_APP_CLIENT_ID, COGNITO_APP_CLIENT_SECRET, MCP_CLIENT_METADATA_URL, MCP_SERVER_URL and MCP_EXEMPT
/// (exemptions separated by spaces) from the environment and from a file `.env`. Without a client id it registers itself
/// where the authorization server allows that.
#[derive(Debug, Parser)]
#[command(
    name = "reference-client",
    version,
    after_help = "Exit codes: 0 done, 1 failed, 2 wrong usage or configuration"
)]
pub struct Arguments {
    /// `[SERVER_URL] [list | call TOOL [JSON]]`; without a command there is a prompt
    #[arg(value_name = "WORDS")]
    pub words: Vec<String>,
    /// Port of the callback http://localhost:PORT/callback; 3030 unless given, 0 for any free one
    #[arg(long, value_name = "PORT")]
    pub callback_port: Option<u16>,
    /// Print the login URL instead of opening a browser
    #[arg(long)]
    pub no_browser: bool,
    /// Speak exactly this revision, for example 2025-06-18; otherwise the newest the server knows
    #[arg(long, value_name = "REVISION")]
    pub protocol: Option<String>,
    /// Exempt one issuer from one rule, for example `https://issuer.example=pkce-metadata`
    #[arg(long, value_name = "ISSUER=RULE")]
    pub exempt: Vec<String>,
    /// Trust the certificates of this PEM file too
    #[arg(long, value_name = "FILE")]
    pub root_certificate: Vec<PathBuf>,
}

/// What to do once the session is open.
#[derive(Debug, Clone, PartialEq)]
pub enum Task {
    /// Read commands from standard input.
    Prompt,
    /// One command, then leave.
    Once(Command),
    /// What the conformance contract expects: list the tools and call one.
    Contract,
}

/// How the user gets to the login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Login {
    /// The system's browser.
    Browser,
    /// A URL to be opened by hand.
    Printed,
    /// No user: the authorization endpoint approves at once.
    Unattended,
}

/// A checked configuration.
#[derive(Debug)]
pub struct Configuration {
    /// For [`crate::connect`].
    pub settings: Settings,
    /// What to do.
    pub task: Task,
    /// How the user logs in.
    pub login: Login,
}

/// Everything that is wrong with the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigurationError {
    /// One sentence for each thing.
    pub problems: Vec<String>,
}

impl std::error::Error for ConfigurationError {}

impl fmt::Display for ConfigurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration cannot be used:")?;
        self.problems.iter().try_for_each(|problem| write!(f, "\n  - {problem}"))
    }
}

/// Collects problems, so that they can be reported together.
#[derive(Default)]
struct Problems(Vec<String>);

impl Problems {
    fn keep<T>(&mut self, name: &str, result: Result<T, impl fmt::Display>) -> Option<T> {
        result.map_err(|error| self.0.push(format!("{name}: {error}"))).ok()
    }
}

impl Configuration {
    /// Puts arguments and variables together; arguments win. `variable` returns what the environment says.
    ///
    /// # Errors
    /// When something is missing or cannot be used; all of it is reported together.
    pub fn new(arguments: Arguments, variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigurationError> {
        let set = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        let mut problems = Problems::default();
        let contract = problems.keep("contract", Contract::from_variables(&set)).flatten();
        let (given_url, command) = split(&arguments.words);
        let command = command.and_then(|words| problems.keep("command", Command::parse(words)));
        let server = given_url.map(str::to_owned).or_else(|| set("MCP_SERVER_URL"));
        let server = problems.keep("server URL", server.as_deref().unwrap_or(DEFAULT_SERVER).parse::<ServerUrl>());
        let registration = contract.as_ref().and_then(|contract| contract.registration.clone());
        let registration = registration.or_else(|| registration_from(&set, &mut problems));
        let protocol = arguments.protocol.as_deref().map(str::parse::<Revision>);
        let protocol = protocol.and_then(|revision| problems.keep("--protocol", revision));
        let exemptions = exemptions(&arguments.exempt, set("MCP_EXEMPT").as_deref(), &mut problems);
        let certificates = certificates(&arguments.root_certificate, &mut problems);
        let default_port = if contract.is_some() { 0 } else { DEFAULT_CALLBACK_PORT };
        let login = match (&contract, arguments.no_browser) {
            (Some(_), _) => Login::Unattended,
            (None, true) => Login::Printed,
            (None, false) => Login::Browser,
        };
        let task = match (&contract, command) {
            (_, Some(command)) => Task::Once(command),
            (Some(_), None) => Task::Contract,
            (None, None) => Task::Prompt,
        };
        let (Some(server), true) = (server, problems.0.is_empty()) else {
            return Err(ConfigurationError { problems: problems.0 });
        };
        let mut settings = Settings::new(server);
        settings.registration = registration.unwrap_or(Registration::Dynamic);
        settings.callback = Callback::Port(arguments.callback_port.unwrap_or(default_port));
        settings.exemptions = exemptions;
        settings.protocol = protocol.or(contract.as_ref().and_then(|contract| contract.protocol));
        settings.http.extra_root_certificates = certificates;
        if contract.is_some() {
            settings.login_timeout = contract::LOGIN_TIMEOUT;
        }
        Ok(Self { settings, task, login })
    }
}

/// The server URL may stand before the command or, by the contract, after everything else.
fn split(words: &[String]) -> (Option<&str>, Option<&[String]>) {
    let (url, command) = match words {
        [first, rest @ ..] if first.contains("://") => (Some(first.as_str()), rest),
        [rest @ .., last] if last.contains("://") && !last.contains('{') => (Some(last.as_str()), rest),
        all => (None, all),
    };
    (url, (!command.is_empty()).then_some(command))
}

fn registration_from(set: &impl Fn(&str) -> Option<String>, problems: &mut Problems) -> Option<Registration> {
    let client_secret = set("COGNITO_APP_CLIENT_SECRET").map(SecretString::from);
    if let Some(client_id) = set("COGNITO_APP_CLIENT_ID") {
        return Some(Registration::PreRegistered { client_id, client_secret });
    }
    if client_secret.is_some() {
        problems.0.push("COGNITO_APP_CLIENT_ID is missing, although COGNITO_APP_CLIENT_SECRET is set".to_owned());
    }
    let url = set("MCP_CLIENT_METADATA_URL")?;
    problems.keep("MCP_CLIENT_METADATA_URL", Registration::metadata_document(&url))
}

fn exemptions(arguments: &[String], variable: Option<&str>, problems: &mut Problems) -> Vec<Exemption> {
    let from_arguments = arguments.iter().map(|text| ("--exempt", text.as_str()));
    let from_variable = variable.into_iter().flat_map(str::split_whitespace).map(|text| ("MCP_EXEMPT", text));
    from_arguments.chain(from_variable).filter_map(|(name, text)| problems.keep(name, text.parse())).collect()
}

fn certificates(files: &[PathBuf], problems: &mut Problems) -> Vec<Vec<u8>> {
    let read = |file: &PathBuf| std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()));
    files.iter().filter_map(|file| problems.keep("--root-certificate", read(file))).collect()
}
