//! From arguments to an exit code.

use super::args::{AccountArgs, Cli, CognitoCommand, Command, RunArgs, find};
use super::explain::explain;
use super::interruption::Interruption;
use super::{listing, progress, sample, server};
use crate::authority::cognito::{Account, Journal, minimal_iam_policy, sweep, teardown};
use crate::bench::Variation;
use crate::catalogue::{Catalogue, glossary};
use crate::exit::Exit;
use crate::plan::Plan;
use crate::record::{Redactor, RunFacts, RunRecord};
use crate::report::{FORMATS, Look, leftovers, summary};
use crate::rig::{Ground, GroundSettings, Raised, RigError};
use crate::run::{Outcome, run};
use clap::Parser as _;
use futures::FutureExt as _;
use std::io::{IsTerminal as _, Write as _};
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// What ends a command early: the exit and what to say.
pub(super) type Stop = (Exit, String);

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
        Err((exit, message)) => {
            say(&format!("harness: {message}"));
            if exit != Exit::Usage {
                say(&format!("exit {}: {}", exit.code(), exit.meaning()));
            }
            exit
        }
    }
}

async fn dispatch(cli: Cli) -> Result<Exit, Stop> {
    let catalogue = Catalogue::embedded().map_err(|error| (Exit::Failed, error.to_string()))?;
    match cli.command {
        None => judge(&catalogue, &cli.run).await,
        Some(Command::Run(args)) => judge(&catalogue, &args).await,
        Some(Command::List(args)) => {
            print(&listing::list(&catalogue, &args.selection(&catalogue).map_err(usage)?));
            Ok(Exit::Met)
        }
        Some(Command::Explain { id, color }) => {
            let id = find(&catalogue, &id).map_err(usage)?;
            let explained = catalogue.find(id.as_str()).map(|found| explain(found, &glossary(), look(&color)));
            print(&explained.unwrap_or_default());
            Ok(Exit::Met)
        }
        Some(Command::Server(args)) => server::judge(&catalogue, &args).await,
        Some(Command::Cognito(command)) => cognito(command).await,
    }
}

pub(super) fn usage(message: String) -> Stop {
    (Exit::Usage, message)
}

async fn judge(catalogue: &Catalogue, args: &RunArgs) -> Result<Exit, Stop> {
    let began = (SystemTime::now(), Instant::now());
    let selection = args.selection.selection(catalogue).map_err(usage)?;
    let variations: Vec<_> = selection.revisions.iter().copied().map(Variation::honest).collect();
    let plan = Plan::new(catalogue, variations, &selection);
    if plan.scenarios() == 0 {
        return Err(usage("nothing is selected: no requirement is in force for these roles and revisions".to_owned()));
    }
    let settings = GroundSettings {
        place: args.place().map_err(usage)?,
        login_method: args.login_method().map_err(usage)?,
        out: args.out.clone(),
    };
    let ground = Ground::prepare(settings).await.map_err(|error| rig_stop(&error))?;
    if let Some(note) = ground.login_note() {
        say(note);
    }
    let interruption = Interruption::listen().map_err(|error| (Exit::Failed, format!("signals: {error}")))?;
    if args.live {
        say("This run will create, and remove again:");
        ground.announcement().iter().for_each(|line| say(&format!("  {line}")));
    }
    let mut facts = RunFacts {
        id: ground.run_id().to_owned(),
        harness: env!("CARGO_PKG_VERSION").to_owned(),
        started: began.0.duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs()),
        login: ground.login_method().to_string(),
        notes: ground.login_note().map(str::to_owned).into_iter().collect(),
        ..RunFacts::default()
    };
    let ending = interruption.unless(AssertUnwindSafe(perform(&ground, &plan)).catch_unwind()).await;
    let torn_down = ground.dismantle().await;
    let left = torn_down.left.clone();
    let early = |exit: Exit, message: String| -> Stop {
        let exit = if left.is_empty() { exit } else { Exit::LeftBehind };
        (exit, format!("{message}\n{}", leftovers(&left, look(&args.color))).trim_end().to_owned())
    };
    let (raised, outcome) = match ending {
        None => return Err(early(Exit::Incomplete, format!("interrupted; {}", torn_down_words(&torn_down.gone)))),
        Some(Err(_)) => return Err(early(Exit::Failed, "the harness panicked; this is its own fault".to_owned())),
        Some(Ok(Err(error))) => return Err(early(rig_stop(&error).0, error.to_string())),
        Some(Ok(Ok(both))) => both,
    };
    facts.subjects = raised.subjects.clone();
    facts.authority = raised.authority.clone();
    facts.screenshot = raised.screenshot.exists().then(|| raised.screenshot.display().to_string());
    let redactor = Redactor::new(raised.secrets.clone());
    raised.stop().await;
    facts.milliseconds = began.1.elapsed().as_millis();
    facts.peak_memory_kilobytes = peak_memory();
    let mut record = RunRecord::new(catalogue, &plan.variations, &outcome, facts, torn_down, &redactor);
    let exit = conclude(&mut record, args);
    print(&summary(&record, look(&args.color)));
    Ok(exit)
}

async fn perform(ground: &Ground, plan: &Plan) -> Result<(Raised, Outcome), RigError> {
    let bar = progress::bar(plan.scenarios());
    let raised = ground.raise().await?;
    let ticking = bar.clone();
    let outcome = run(plan, &raised.bench, move || ticking.inc(1)).await;
    bar.finish_and_clear();
    Ok((raised, outcome))
}

fn torn_down_words(gone: &[String]) -> String {
    if gone.is_empty() { "nothing had been created".to_owned() } else { format!("torn down: {}", gone.join(", ")) }
}

fn rig_stop(error: &RigError) -> Stop {
    (if error.is_usage() { Exit::Usage } else { Exit::Failed }, error.to_string())
}

/// The exit of the run, and the reports written. A report that cannot be written spoils the run but hides nothing of it.
fn conclude(record: &mut RunRecord, args: &RunArgs) -> Exit {
    let exit = Exit::of(record, args.strict);
    record.exit_code = exit.code();
    record.run.folder = Some(args.out.display().to_string());
    let Err(message) = write_reports(record, &args.out) else { return exit };
    record.run.folder = None;
    say(&format!("harness: {message}"));
    let exit = if exit == Exit::LeftBehind { exit } else { Exit::Failed };
    record.exit_code = exit.code();
    exit
}

pub(super) fn write_reports(record: &RunRecord, out: &Path) -> Result<(), String> {
    for format in FORMATS {
        let path = out.join(format.file);
        let written = std::fs::write(&path, (format.render)(record));
        written.map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
    }
    Ok(())
}

async fn cognito(command: CognitoCommand) -> Result<Exit, Stop> {
    match command {
        CognitoCommand::Policy => {
            print(minimal_iam_policy());
            Ok(Exit::Met)
        }
        CognitoCommand::Up { resource, callback, out, account } => {
            let account = open(&account).await?;
            say("This creates, until `harness cognito down` removes it:");
            let environment = sample::set_up(&account, &resource, callback, &out, say).await;
            print(&environment.map_err(|message| (Exit::Failed, message))?);
            Ok(Exit::Met)
        }
        CognitoCommand::Sweep(args) => {
            let account = open(&args).await?;
            let report = sweep(&account, SystemTime::now()).await;
            let report = report.map_err(|error| (Exit::LeftBehind, error.to_string()))?;
            report.removed.iter().for_each(|id| print(&format!("removed {id}\n")));
            report.kept.iter().for_each(|pool| print(&format!("kept {} ({}): {}\n", pool.id, pool.name, pool.why)));
            report.left.iter().for_each(|left| say(&format!("LEFT BEHIND: {left}")));
            Ok(if report.left.is_empty() { Exit::Met } else { Exit::LeftBehind })
        }
        CognitoCommand::Down { out, account } => down(&out, &account).await,
    }
}

async fn down(out: &Path, args: &AccountArgs) -> Result<Exit, Stop> {
    let failed = |error: crate::authority::cognito::JournalError| (Exit::Failed, error.to_string());
    let account = open(args).await?;
    let mut exit = Exit::Met;
    for path in Journal::pending(out).map_err(failed)? {
        let journal = Journal::load(&path).map_err(failed)?;
        match teardown(&account, &journal).await {
            Ok(proof) => print(&format!("{proof}\n")),
            Err(leftovers) => {
                say(&leftovers.to_string());
                exit = Exit::LeftBehind;
            }
        }
    }
    Ok(exit)
}

async fn open(args: &AccountArgs) -> Result<Account, Stop> {
    Account::open(&args.settings()).await.map_err(|error| (Exit::Usage, error.to_string()))
}

pub(super) fn look(color: &str) -> Look {
    let terminal = std::io::stdout().is_terminal();
    let colour = match color {
        "always" => true,
        "never" => false,
        _ => terminal && std::env::var_os("NO_COLOR").is_none(),
    };
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let width = columns.or_else(terminal_width).unwrap_or(80);
    Look { width: usize::clamp(width, 60, 140), colour }
}

fn terminal_width() -> Option<usize> {
    console::Term::stdout().size_checked().map(|(_, columns)| usize::from(columns))
}

/// The most memory this process has held, in kilobytes.
pub(super) fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

pub(super) fn print(text: &str) {
    // A reader that went away, as `head` does, is no reason to panic.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

pub(super) fn say(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
