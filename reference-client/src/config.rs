//! What the program is told: command line, environment, `.env`. It turns them into [`Settings`] and a [`Task`], and reports
//! everything that is wrong at once. It reads values through a lookup, so it never changes the environment.

use std::{fmt, path::PathBuf};

use clap::Parser;
use secrecy::SecretString;

use crate::{
    contract::{self, Contract},
    exemption::Exemption,
    issuer::Issuer,
    prompt::Command,
    settings::{Callback, Registration, Revision, ServerUrl, Settings},
};

/// Where the server of the sample listens.
const DEFAULT_SERVER: &str = "http://localhost:8001/mcp";
const DEFAULT_CALLBACK_PORT: u16 = 3030;

/// An MCP client with OAuth 2.1: a prompt, or one command.
///
/// Reads COGNITO_APP_CLIENT_ID, COGNITO_APP_CLIENT_SECRET, COGNITO_ISSUER or COGNITO_USER_POOL_ID, MCP_CLIENT_METADATA_URL,
/// MCP_SERVER_URL and MCP_EXEMPT (exemptions separated by spaces) from the environment and from a file `.env`. A client id
/// is shown to its own issuer only. Without a client id it registers itself where the authorization server allows that.
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
    /// The issuer that the configured client id belongs to; otherwise COGNITO_ISSUER, or that of COGNITO_USER_POOL_ID
    #[arg(long, value_name = "ISSUER")]
    pub issuer: Option<String>,
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
        let issuer = arguments.issuer.as_deref();
        let registration = match contract.as_ref().and_then(|contract| contract.registration.clone()) {
            Some(handed_over) => tied(handed_over, issuer, &mut problems),
            None => registration_from(issuer, &set, &mut problems),
        };
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

/// Credentials that a suite handed over; `--issuer` wins over what the suite says about their issuer.
fn tied(handed_over: Registration, issuer: Option<&str>, problems: &mut Problems) -> Option<Registration> {
    let Some(issuer) = issuer else { return Some(handed_over) };
    let issuer = problems.keep("--issuer", issuer.parse())?;
    Some(match handed_over {
        Registration::PreRegistered { client_id, client_secret, .. }
        | Registration::TrustOnFirstUse { client_id, client_secret } => {
            Registration::PreRegistered { client_id, client_secret, issuer }
        }
        other => other,
    })
}

fn registration_from(
    issuer: Option<&str>,
    set: &impl Fn(&str) -> Option<String>,
    problems: &mut Problems,
) -> Option<Registration> {
    let client_secret = set("COGNITO_APP_CLIENT_SECRET").map(SecretString::from);
    if let Some(client_id) = set("COGNITO_APP_CLIENT_ID") {
        let issuer = issuer_of_client(issuer, set, problems)?;
        return Some(Registration::PreRegistered { client_id, client_secret, issuer });
    }
    for (name, is_set) in [("COGNITO_APP_CLIENT_SECRET", client_secret.is_some()), ("--issuer", issuer.is_some())] {
        if is_set {
            problems.0.push(format!("COGNITO_APP_CLIENT_ID is missing, although {name} is set"));
        }
    }
    let url = set("MCP_CLIENT_METADATA_URL")?;
    problems.keep("MCP_CLIENT_METADATA_URL", Registration::metadata_document(&url))
}

/// The issuer that the client id belongs to: as it is named, or as it follows from the user pool.
fn issuer_of_client(
    argument: Option<&str>,
    set: &impl Fn(&str) -> Option<String>,
    problems: &mut Problems,
) -> Option<Issuer> {
    if let Some(issuer) = argument {
        return problems.keep("--issuer", issuer.parse());
    }
    if let Some(issuer) = set("COGNITO_ISSUER") {
        return problems.keep("COGNITO_ISSUER", issuer.parse());
    }
    if let Some(pool_id) = set("COGNITO_USER_POOL_ID") {
        return problems.keep("COGNITO_USER_POOL_ID", issuer_of_pool(pool_id.trim()));
    }
    problems.0.push(
        "COGNITO_ISSUER is missing, although COGNITO_APP_CLIENT_ID is set: a client id belongs to the authorization server \
         that issued it and is shown to no other. Set COGNITO_ISSUER or --issuer to the issuer of that server; for a user \
         pool on AWS, COGNITO_USER_POOL_ID is enough"
            .to_owned(),
    );
    None
}

/// Not the id of a user pool, so that no issuer follows from it.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no user pool id (REGION_NAME, as in eu-central-1_AbCdEfGhI); set COGNITO_ISSUER instead")]
struct PoolIdError(String);

/// The issuer of a user pool. A pool with the updated issuer host has another one, which COGNITO_ISSUER has to name.
fn issuer_of_pool(pool_id: &str) -> Result<Issuer, PoolIdError> {
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    match pool_id.split_once('_') {
        Some((region, name)) if plain(region) && plain(name) => {
            Ok(Issuer::new(&format!("https://cognito-idp.{region}.amazonaws.com/{pool_id}")))
        }
        _ => Err(PoolIdError(pool_id.to_owned())),
    }
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
