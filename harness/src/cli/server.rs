//! `harness server`: judging a server that somebody else wrote.

use super::args::{LoginMethodArgs, SelectionArgs};
use super::command::{Stop, look, peak_memory, print, say, usage, write_reports};
use super::interruption::Interruption;
use super::{credential_file, progress, subject_file};
use crate::authority::oidc::IssuerForm;
use crate::baseline::Baseline;
use crate::bench::{Subject, Variation};
use crate::catalogue::{Catalogue, Role};
use crate::exit::Exit;
use crate::plan::{Plan, Selection};
use crate::record::{Redactor, RunFacts, RunRecord, Teardown};
use crate::report::summary;
use crate::rig::subject::{Credentials, Person, RaisedSubject, SubjectError, SubjectSettings, Target};
use crate::run::run;
use crate::wire::Limits;
use clap::Args;
use futures::FutureExt as _;
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

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
    #[arg(long, value_name = "FORM", default_value = "bare", value_parser = ["bare", "path", "slash"])]
    issuer: String,
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
    login_method: LoginMethodArgs,
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
    #[command(flatten)]
    selection: SelectionArgs,
    /// Fail on a violated SHOULD too
    #[arg(long)]
    strict: bool,
    /// The folder for reports
    #[arg(long, value_name = "DIR", default_value = "harness-out")]
    out: PathBuf,
    /// Colour: auto, always or never
    #[arg(long, value_name = "WHEN", default_value = "auto", value_parser = ["auto", "always", "never"])]
    color: String,
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
    fn credentials(&self, subject: &Subject) -> Result<(Credentials, Vec<Person>), String> {
        if self.command.is_some() {
            return Ok((Credentials::None, Vec::new()));
        }
        let mut accounts = subject.accounts.clone();
        let credentials = if let Some(name) = &self.token_env {
            Credentials::Token(credential_file::variable("--token-env", name)?)
        } else if let Some(path) = &self.login {
            let login = credential_file::login(path, self.login_method.choice()?, &self.out)?;
            if !login.accounts.is_empty() {
                accounts = login.accounts;
            }
            if accounts.is_empty() {
                return Err(format!("{}: nobody can log in; `[[accounts]]` names who does", path.display()));
            }
            Credentials::Login(Box::new(login.order))
        } else if let Some(path) = &self.client_credentials {
            Credentials::Machine(Box::new(credential_file::client_credentials(path)?))
        } else {
            Credentials::None
        };
        let can_log_in = matches!(credentials, Credentials::Login(_));
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
        let issuer = match self.issuer.as_str() {
            "path" => IssuerForm::Path,
            "slash" => IssuerForm::TrailingSlash,
            _ => IssuerForm::Bare,
        };
        let (credentials, accounts) = self.credentials(&subject)?;
        Ok(SubjectSettings {
            target: self.target()?,
            subject,
            credentials,
            accounts,
            revisions: selection.revisions.clone(),
            issuer,
            limits: Limits { time: Duration::from_secs(self.time_limit), ..Limits::default() },
        })
    }

    fn baseline(&self) -> Result<Option<Baseline>, String> {
        let Some(path) = &self.baseline else { return Ok(None) };
        let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        Baseline::parse(&text).map(Some).map_err(|error| format!("{}: {error}", path.display()))
    }
}

/// Judges the server that `args` name.
pub(super) async fn judge(catalogue: &Catalogue, args: &ServerArgs) -> Result<Exit, Stop> {
    let began = (SystemTime::now(), Instant::now());
    let selection = args.selection(catalogue).map_err(usage)?;
    let settings = args.settings(&selection).map_err(usage)?;
    let baseline = args.baseline().map_err(usage)?;
    std::fs::create_dir_all(&args.out)
        .map_err(|error| usage(format!("--out: {} cannot be made: {error}", args.out.display())))?;
    let known = Redactor::new(settings.secrets());
    let work = AssertUnwindSafe(perform(catalogue, args, &selection, settings)).catch_unwind();
    let interruption = Interruption::listen().map_err(|error| (Exit::Failed, format!("signals: {error}")))?;
    let (raised, plan, outcome) = match interruption.unless(work).await {
        None => return Err((Exit::Incomplete, "interrupted; whatever was started is ended".to_owned())),
        Some(Err(_)) => return Err((Exit::Failed, "the harness panicked; this is its own fault".to_owned())),
        Some(Ok(Err(error))) => {
            return Err((if error.is_usage() { Exit::Usage } else { Exit::Failed }, known.text(&error.to_string())));
        }
        Some(Ok(Ok(all))) => all,
    };
    let Some(outcome) = outcome else {
        let draft = subject_file::draft(&raised);
        let (notes, refused) = (raised.notes.clone(), raised.inside.refusal.is_some());
        raised.stop().await;
        notes.iter().for_each(|note| say(note));
        return write_subject(args, &draft).map(|written| if refused { Exit::Incomplete } else { written });
    };
    let mut facts = RunFacts {
        id: uuid::Uuid::new_v4().simple().to_string(),
        harness: env!("CARGO_PKG_VERSION").to_owned(),
        started: began.0.duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs()),
        login: raised.login.clone(),
        subjects: BTreeMap::from([("server".to_owned(), raised.name.clone())]),
        authority: raised.authority.clone(),
        notes: raised.notes.clone(),
        ..RunFacts::default()
    };
    let redactor = Redactor::new(raised.secrets().await);
    facts.notes.extend(raised.stop().await.map(|ending| redactor.text(&ending)));
    facts.milliseconds = began.1.elapsed().as_millis();
    facts.peak_memory_kilobytes = peak_memory();
    let notes = facts.notes.clone();
    let mut record = RunRecord::new(catalogue, &plan.variations, &outcome, facts, Teardown::default(), &redactor);
    let exit = ending(&mut record, baseline.as_ref(), args.strict);
    record.exit_code = exit.code();
    write_reports(&record, &args.out).map_err(|message| (Exit::Failed, message))?;
    notes.iter().for_each(|note| say(note));
    print(&summary(&record, look(&args.color)));
    Ok(exit)
}

/// Raises the bench and runs the plan on it; there is no outcome where only a subject file is wanted.
async fn perform(
    catalogue: &Catalogue,
    args: &ServerArgs,
    selection: &Selection,
    settings: SubjectSettings,
) -> Result<(RaisedSubject, Plan, Option<crate::run::Outcome>), SubjectError> {
    let raised = RaisedSubject::raise(settings).await?;
    let variations = selection.revisions.iter().copied().map(Variation::honest).collect();
    let mut plan = Plan::new(catalogue, variations, selection);
    if args.write_subject.is_some() {
        return Ok((raised, plan, None));
    }
    for (revision, reason) in raised.not_applicable(&selection.revisions) {
        plan.withdraw(Role::Server, revision, catalogue, &reason);
    }
    let bar = progress::bar(plan.scenarios());
    let ticking = bar.clone();
    let outcome = run(&plan, &raised.bench, move || ticking.inc(1)).await;
    bar.finish_and_clear();
    Ok((raised, plan, Some(outcome)))
}

fn write_subject(args: &ServerArgs, draft: &str) -> Result<Exit, Stop> {
    let Some(path) = &args.write_subject else { return Ok(Exit::Met) };
    let file = std::fs::OpenOptions::new().write(true).create_new(true).open(path);
    let written = file.and_then(|mut file| std::io::Write::write_all(&mut file, draft.as_bytes()));
    written.map_err(|error| usage(format!("{} cannot be written: {error}", path.display())))?;
    say(&format!("subject file: {}", path.display()));
    Ok(Exit::Met)
}

/// The exit of a run, by its baseline if it has one.
fn ending(record: &mut RunRecord, baseline: Option<&Baseline>, strict: bool) -> Exit {
    let Some(baseline) = baseline else { return Exit::of(record, strict) };
    let comparison = baseline.compare(record, strict);
    let worst = comparison.unlisted.iter().map(|(_, severity)| *severity).max();
    let say_each = |what: &str, names: &mut dyn Iterator<Item = &String>| {
        names.for_each(|name| say(&format!("baseline: {what}: {name}")));
    };
    say_each("not listed", &mut comparison.unlisted.iter().map(|(name, _)| name));
    say_each("stale", &mut comparison.stale.iter());
    record.run.notes.push(format!("{} known failures are as the baseline lists them", comparison.known.len()));
    Exit::of_baseline(worst, !comparison.stale.is_empty(), record.totals.run == 0)
}
