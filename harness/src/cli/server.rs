//! `harness server`: judging a server of another author, at a URL or started by a command.

use super::args::{LoginMethodArgs, SelectionArgs};
use super::forecast::forecast;
use super::pipeline::{Asked, Began, Held, Judged, Judging, Stopped, attended, judge, watched};
use super::stop::Stop;
use super::terminal::{Colour, bar, print, say};
use super::{credential_file, subject_file};
use crate::baseline::Baseline;
use crate::bench::Variation;
use crate::catalogue::{Catalogue, Role};
use crate::declared::Subject;
use crate::exit::Exit;
use crate::issuer::IssuerForm;
use crate::plan::{Plan, Selection};
use crate::record::{Redactor, RunFacts, Teardown};
use crate::setup::subject::{Person, RaisedSubject, SubjectSettings, Target, TokenSource};
use crate::wire::{Carried, Limits, Patience};
use clap::{Args, ValueEnum};
use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST, TRANSFER_ENCODING};
use http::{HeaderName, HeaderValue};
use secrecy::ExposeSecret as _;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The most bytes that a request has in a gentle run. Servers take as many in header fields alone.
const USUAL: usize = 16 << 10;

#[derive(Clone, Debug, Args)]
#[command(group = clap::ArgGroup::new("target").required(true).args(["url", "command"]))]
pub(super) struct ServerArgs {
    /// The endpoint of a server that runs already
    #[arg(value_name = "URL")]
    url: Option<String>,
    /// Start the server by this command; it is told its port in PORT and the issuer to trust in
    /// MCP_CONFORMANCE_AUTH_SERVER_URL
    #[arg(long, value_name = "COMMAND")]
    command: Option<String>,
    /// A variable for the command (may be repeated)
    #[arg(long, value_name = "NAME=VALUE", requires = "command")]
    env: Vec<String>,
    /// The port the command is told, if not a free one
    #[arg(long, requires = "command")]
    port: Option<u16>,
    /// The endpoint of the command's server: a path, or a URL [default: /mcp]
    #[arg(long, value_name = "PATH|URL", requires = "command")]
    endpoint: Option<String>,
    /// The form of the issuer that the command is told: bare, path or slash
    #[arg(long, value_name = "FORM", default_value = "bare")]
    issuer: Form,
    /// The environment variable that holds a valid token for the server at URL
    #[arg(long, value_name = "NAME", group = "source", conflicts_with = "command")]
    token_env: Option<String>,
    /// Log in for tokens for the server at URL, as this TOML file says: client, accounts, pages
    #[arg(long, value_name = "FILE", group = "source", conflicts_with = "command")]
    login: Option<PathBuf>,
    /// Get tokens for the server at URL by client credentials, as this TOML file says
    #[arg(long, value_name = "FILE", group = "source", conflicts_with = "command")]
    client_credentials: Option<PathBuf>,
    #[command(flatten)]
    method: LoginMethodArgs,
    /// A header field that something before the server wants on every request, with the environment variable that holds
    /// its value (may be repeated)
    #[arg(long, value_name = "NAME=VARIABLE")]
    header_env: Vec<String>,
    /// What cannot be seen of the server, as TOML: tools, scopes, audience
    #[arg(long, value_name = "FILE")]
    subject: Option<PathBuf>,
    /// Write a first subject file from what the server offers, and judge nothing
    #[arg(long, value_name = "FILE")]
    write_subject: Option<PathBuf>,
    /// Known failures, as TOML; whatever comes out otherwise fails the run, both ways
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// How long one answer of the server may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
    time_limit: u64,
    /// Keep the server of the command and its issuer up after the run, until Ctrl-C, so that requests can be sent again
    #[arg(long, conflicts_with_all = ["url", "write_subject"])]
    hold: bool,
    /// Show the tokens of the issuer that the harness plays, which protect nothing, in reports and on the terminal
    #[arg(long, conflicts_with = "url")]
    show_test_tokens: bool,
    /// Show every requirement with its evidence, also what is met and what does not apply
    #[arg(long)]
    all: bool,
    /// How long the server is waited for in all, in seconds, when it limits the rate or says that it cannot answer now
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u64).range(..=86400))]
    patience: u64,
    /// Spare a system that others use: one request at a time, a few a second, and none of unusual length
    #[arg(long)]
    gentle: bool,
    /// Say how many requests would be sent, how fast, to whom, and what they write; send nothing
    #[arg(long, conflicts_with = "write_subject")]
    dry_run: bool,
    #[command(flatten)]
    selection: SelectionArgs,
    /// Fail on a violated SHOULD too
    #[arg(long)]
    strict: bool,
    /// The folder for reports
    #[arg(long, value_name = "DIR", default_value = "harness-out")]
    out: PathBuf,
    /// Colour: auto, always or never
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    color: Colour,
}

// The form of an issuer as it is typed. Comments on the variants would be shown in the help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    Bare,
    Path,
    Slash,
}

impl From<Form> for IssuerForm {
    fn from(form: Form) -> Self {
        match form {
            Form::Bare => Self::Bare,
            Form::Path => Self::Path,
            Form::Slash => Self::TrailingSlash,
        }
    }
}

impl ServerArgs {
    fn target(&self) -> Result<Target, String> {
        if let Some(command) = &self.command {
            let environment = self.env.iter().map(|pair| {
                let pair = pair.split_once('=').filter(|(name, _)| !name.is_empty());
                pair.map(|(name, value)| (name.to_owned(), value.to_owned()))
            });
            let environment: Option<Vec<_>> = environment.collect();
            return Ok(Target::Command {
                command: command.clone(),
                environment: environment.ok_or("--env takes NAME=VALUE")?,
                port: self.port,
                endpoint: self.endpoint.clone(),
            });
        }
        let text = self.url.clone().unwrap_or_default();
        let fits = url::Url::parse(&text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if fits { Ok(Target::Url(text)) } else { Err(format!("`{text}` is no http or https URL")) }
    }

    /// How tokens are to be had, and of whom. A server that a command starts gets all of them from the harness.
    fn credentials(&self, subject: &Subject) -> Result<(TokenSource, Vec<Person>), String> {
        if self.command.is_some() {
            return Ok((TokenSource::None, Vec::new()));
        }
        let mut accounts = subject.accounts.clone();
        let credentials = if let Some(name) = &self.token_env {
            TokenSource::Token(credential_file::variable("--token-env", name)?)
        } else if let Some(path) = &self.login {
            let login = credential_file::login(path, self.method.choice()?, &self.out)?;
            if !login.accounts.is_empty() {
                accounts = login.accounts;
            }
            if accounts.is_empty() {
                return Err(format!("{}: nobody can log in; `[[accounts]]` names who does", path.display()));
            }
            TokenSource::Login(Box::new(login.order))
        } else if let Some(path) = &self.client_credentials {
            TokenSource::Machine(Box::new(credential_file::client_credentials(path)?))
        } else {
            TokenSource::None
        };
        let can_log_in = matches!(credentials, TokenSource::Login(_));
        Ok((credentials, credential_file::people(&accounts, can_log_in)?))
    }

    fn selection(&self, catalogue: &Catalogue) -> Result<Selection, String> {
        let mut selection = self.selection.selection(catalogue)?;
        if !selection.roles.contains(&Role::Server) {
            return Err("harness server judges the role server".to_owned());
        }
        selection.roles = vec![Role::Server];
        Ok(selection)
    }

    fn settings(&self, selection: &Selection) -> Result<SubjectSettings, String> {
        let subject = match &self.subject {
            Some(path) => subject_file::read(path)?,
            None => Subject::default(),
        };
        let (credentials, accounts) = self.credentials(&subject)?;
        Ok(SubjectSettings {
            target: self.target()?,
            subject,
            credentials,
            accounts,
            revisions: selection.revisions.clone(),
            issuer: self.issuer.into(),
            limits: self.limits(),
            further: self.header_env.iter().map(|pair| carried(pair)).collect::<Result<_, _>>()?,
        })
    }

    fn limits(&self) -> Limits {
        let pace = if self.gentle { Patience::gentle() } else { Patience::default() };
        let patience = Patience { total: Duration::from_secs(self.patience), ..pace };
        let request = self.gentle.then_some(USUAL);
        Limits { time: Duration::from_secs(self.time_limit), patience, request, ..Limits::default() }
    }

    fn baseline(&self) -> Result<Option<Baseline>, String> {
        let Some(path) = &self.baseline else { return Ok(None) };
        let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        Baseline::parse(&text).map(Some).map_err(|error| format!("{}: {error}", path.display()))
    }
}

/// A header field whose value is in the environment. It is not the one that carries tokens, which scenarios choose.
fn carried(pair: &str) -> Result<Carried, String> {
    // What stands behind the name may be the secret itself, and is not repeated.
    let usage = || "--header-env takes NAME=VARIABLE, with the name of a header field".to_owned();
    let (name, variable) = pair.split_once('=').ok_or_else(usage)?;
    let name: HeaderName = name.trim().parse().map_err(|_| usage())?;
    if [AUTHORIZATION, HOST, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING].contains(&name) {
        return Err(format!("--header-env: the harness sets `{name}` itself"));
    }
    let value = credential_file::variable("--header-env", variable)?;
    let shown = HeaderValue::try_from(format!("${variable}")).map_err(|_| usage())?;
    if HeaderValue::from_str(value.expose_secret()).is_err() {
        return Err(format!("--header-env: what {variable} holds does not fit into a header field"));
    }
    Ok(Carried { name, value, shown })
}

/// Judges the server that `args` name, or writes a first subject file of it.
pub(super) async fn server(catalogue: &Catalogue, args: &ServerArgs) -> Result<Exit, Stop> {
    let began = Began::now();
    let selection = args.selection(catalogue).map_err(Stop::usage)?;
    let settings = args.settings(&selection).map_err(Stop::usage)?;
    let baseline = args.baseline().map_err(Stop::usage)?;
    if args.dry_run {
        let plan = Plan::new(catalogue, variations(&selection), &selection);
        print(&forecast(&plan, &settings, args.gentle));
        return Ok(Exit::Met);
    }
    std::fs::create_dir_all(&args.out)
        .map_err(|error| Stop::usage(format_args!("--out: {} cannot be made: {error}", args.out.display())))?;
    if let Some(path) = &args.write_subject {
        return write_subject(path, settings).await;
    }
    let asked =
        Asked { catalogue, began, out: &args.out, colour: args.color, all: args.all, strict: args.strict, baseline };
    let shown = Shown { hold: args.hold, test_tokens: args.show_test_tokens };
    judge(GivenServer { catalogue, selection, settings, shown }, &asked).await
}

/// A server at a URL, or one that a command starts.
struct GivenServer<'a> {
    catalogue: &'a Catalogue,
    selection: Selection,
    settings: SubjectSettings,
    shown: Shown,
}

/// What is left to see when the run is done.
#[derive(Clone, Copy)]
struct Shown {
    /// Whether the server stays up.
    hold: bool,
    /// Whether the tokens of the issuer that the harness plays are shown.
    test_tokens: bool,
}

impl Judging for GivenServer<'_> {
    type Raised = (RaisedSubject, Shown);

    async fn judge(&self) -> Result<Judged<Self::Raised>, Stop> {
        let raised = raise(self.settings.clone()).await?;
        let revisions = &self.selection.revisions;
        let mut plan = Plan::new(self.catalogue, variations(&self.selection), &self.selection);
        for (revision, reason) in raised.not_applicable(revisions) {
            plan.withdraw(Role::Server, revision, self.catalogue, &reason);
        }
        let outcome = watched(&plan, &raised.bench, &bar(plan.scenarios())).await;
        let facts = RunFacts {
            id: uuid::Uuid::new_v4().simple().to_string(),
            subjects: BTreeMap::from([(Role::Server, raised.name.clone())]),
            authority: raised.authority.clone(),
            login: raised.login.clone(),
            test_tokens: raised.test_tokens().cloned(),
            requests: raised.bench.server.as_ref().map_or(0, |server| server.sender.sent()),
            ..RunFacts::default()
        };
        let notes = raised.notes.clone();
        Ok(Judged { raised: (raised, self.shown), variations: plan.variations, outcome, facts, notes })
    }

    /// What was started ends with what is raised, also when the run is interrupted.
    async fn tear_down(self) -> Teardown {
        Teardown::default()
    }

    async fn stop((raised, shown): Self::Raised) -> Stopped {
        let redactor = Redactor::new(raised.secrets().await);
        let redactor = match raised.test_tokens() {
            Some(_) if shown.test_tokens => redactor.showing_test_tokens(),
            _ => redactor,
        };
        if shown.hold {
            let issuer = raised.test_tokens().map_or("", |tokens| &tokens.issuer);
            let said = format!("{} and the issuer at {issuer} stay up", raised.name);
            let end = Box::pin(async move { drop(raised.stop().await) });
            return Stopped { redactor, notes: Vec::new(), held: Some(Held { said, end }) };
        }
        let ending = raised.stop().await.map(|ending| redactor.text(&ending));
        Stopped { redactor, notes: ending.into_iter().collect(), held: None }
    }

    fn interrupted(_: &Teardown) -> String {
        ENDED.to_owned()
    }
}

fn variations(selection: &Selection) -> Vec<Variation> {
    selection.revisions.iter().copied().map(Variation::honest).collect()
}

/// What is said of a server when the run is interrupted.
const ENDED: &str = "whatever was started is ended";

async fn raise(settings: SubjectSettings) -> Result<RaisedSubject, Stop> {
    let redactor = Redactor::new(settings.secrets());
    let raised = RaisedSubject::raise(settings).await;
    raised.map_err(|error| Stop::of(error.is_usage(), redactor.text(&error.to_string())))
}

/// Writes a first subject file from what the server offers. Of one that refused the valid token it is incomplete.
async fn write_subject(path: &Path, settings: SubjectSettings) -> Result<Exit, Stop> {
    let raised = attended(raise(settings)).await.map_err(|cut| cut.stop(ENDED))?;
    let draft = subject_file::draft(&raised);
    let (notes, is_refused) = (raised.notes.clone(), raised.inside.refusal.is_some());
    raised.stop().await;
    notes.iter().for_each(|note| say(note));
    let file = std::fs::OpenOptions::new().write(true).create_new(true).open(path);
    let written = file.and_then(|mut file| std::io::Write::write_all(&mut file, draft.as_bytes()));
    written.map_err(|error| Stop::usage(format_args!("{} cannot be written: {error}", path.display())))?;
    say(&format!("subject file: {}", path.display()));
    Ok(if is_refused { Exit::Incomplete } else { Exit::Met })
}
