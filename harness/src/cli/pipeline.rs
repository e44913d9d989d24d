//! The way of every run, whatever is judged: raise a bench and run the plan on it until that is done or an end is wanted;
//! take down what was made; make the record; find the exit; write the reports; show the summary.
//!
//! What differs from one command to the next is a [`Judging`]. This file knows no server, no pool and no login.

use super::interruption::Interruption;
use super::stop::Stop;
use super::terminal::{Colour, print, say};
use crate::baseline::Baseline;
use crate::bench::{Bench, Variation};
use crate::catalogue::Catalogue;
use crate::exit::Exit;
use crate::plan::Plan;
use crate::record::{Redactor, RunFacts, RunRecord, Teardown};
use crate::report::{FORMATS, everything, summary};
use crate::run::{Outcome, run};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use indicatif::ProgressBar;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// What one command judges: how a bench is raised around it, and how it is taken down.
pub(super) trait Judging {
    /// What is up when the plan has been run, and has to be stopped.
    type Raised;

    /// Raises the bench and runs the plan on it. When the run is interrupted, this future is dropped where it stands.
    ///
    /// # Errors
    /// Why no bench could be raised, without secrets.
    async fn judge(&self) -> Result<Judged<Self::Raised>, Stop>;

    /// Removes what was created outside this process, whatever came of the run.
    async fn tear_down(self) -> Teardown;

    /// Stops what runs on this machine.
    async fn stop(raised: Self::Raised) -> Stopped;

    /// What is said of an interrupted run when it has been torn down.
    fn interrupted(teardown: &Teardown) -> String;
}

/// A plan that was run.
pub(super) struct Judged<R> {
    /// What is still up.
    pub(super) raised: R,
    /// The variations of the plan.
    pub(super) variations: Vec<Variation>,
    /// What the plan came to.
    pub(super) outcome: Outcome,
    /// What is known of the run: its id, its subjects, where tokens come from, how logins were done, the screenshot,
    /// the folder of the reports if the record is to name it, and the notes that were said already.
    pub(super) facts: RunFacts,
    /// Notes that were not said yet.
    pub(super) notes: Vec<String>,
}

/// What is known once everything is stopped that does not stay up.
pub(super) struct Stopped {
    /// What takes the secrets of the run out of the record.
    pub(super) redactor: Redactor,
    /// Notes on how it ended, without secrets.
    pub(super) notes: Vec<String>,
    /// What is to stay up until an end is wanted.
    pub(super) held: Option<Held>,
}

/// What stays up behind a run.
pub(super) struct Held {
    /// What it is, and how to reach it.
    pub(super) said: String,
    /// Ends it.
    pub(super) end: BoxFuture<'static, ()>,
}

/// What a command was asked for that is the same for all.
pub(super) struct Asked<'a> {
    pub(super) catalogue: &'a Catalogue,
    /// When the command began.
    pub(super) began: Began,
    /// The folder for reports; it is there.
    pub(super) out: &'a Path,
    pub(super) colour: Colour,
    /// Whether every requirement is shown.
    pub(super) all: bool,
    /// Whether a violated SHOULD fails the run too.
    pub(super) strict: bool,
    /// What is known to fail.
    pub(super) baseline: Option<Baseline>,
}

/// When a command began.
#[derive(Clone, Copy, Debug)]
pub(super) struct Began {
    at: SystemTime,
    ticking: Instant,
}

impl Began {
    pub(super) fn now() -> Self {
        Self { at: SystemTime::now(), ticking: Instant::now() }
    }
}

/// Why work did not come to its end.
pub(super) enum Cut {
    /// The person at the keyboard, or the system, wanted an end.
    Interrupted,
    /// The harness panicked.
    Panicked,
    /// It stopped by itself.
    Stopped(Stop),
}

impl Cut {
    /// The stop that this is; `interrupted` is said of an interrupted run.
    pub(super) fn stop(self, interrupted: &str) -> Stop {
        match self {
            Self::Interrupted => Stop { exit: Exit::Incomplete, message: format!("interrupted; {interrupted}") },
            Self::Panicked => Stop::failed("the harness panicked; this is its own fault"),
            Self::Stopped(stop) => stop,
        }
    }
}

/// Does the work until it is done, panics, or is interrupted.
pub(super) async fn attended<T>(work: impl Future<Output = Result<T, Stop>>) -> Result<T, Cut> {
    let deaf = |error| Cut::Stopped(Stop::failed(format_args!("signals: {error}")));
    let interruption = Interruption::listen().map_err(deaf)?;
    match interruption.unless(AssertUnwindSafe(work).catch_unwind()).await {
        None => Err(Cut::Interrupted),
        Some(Err(_)) => Err(Cut::Panicked),
        Some(Ok(result)) => result.map_err(Cut::Stopped),
    }
}

/// Runs a plan on a bench, with a bar that moves.
pub(super) async fn watched(plan: &Plan, bench: &Bench, bar: &ProgressBar) -> Outcome {
    let ticking = bar.clone();
    let outcome = run(plan, bench, move || ticking.inc(1)).await;
    bar.finish_and_clear();
    outcome
}

/// Judges, from raising the bench to the last line of the summary.
///
/// # Errors
/// When there is nothing to make a record of.
pub(super) async fn judge<J: Judging>(judging: J, asked: &Asked<'_>) -> Result<Exit, Stop> {
    let ended = attended(judging.judge()).await;
    let teardown = judging.tear_down().await;
    let judged = ended
        .map_err(|cut| cut.stop(&J::interrupted(&teardown)).with_leftovers(&teardown.left, asked.colour.look()))?;
    let stopped = J::stop(judged.raised).await;
    let unsaid: Vec<_> = judged.notes.into_iter().chain(stopped.notes).collect();
    let mut facts = RunFacts {
        harness: env!("CARGO_PKG_VERSION").to_owned(),
        started: asked.began.at.duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs()),
        milliseconds: asked.began.ticking.elapsed().as_millis(),
        peak_memory_kilobytes: peak_memory(),
        ..judged.facts
    };
    facts.notes.extend(unsaid.iter().cloned());
    let (variations, outcome) = (&judged.variations, &judged.outcome);
    let mut record = RunRecord::new(asked.catalogue, variations, outcome, facts, teardown, &stopped.redactor);
    let exit = exit_of(&mut record, asked);
    let exit = write_reports(&mut record, exit, asked.out);
    unsaid.iter().for_each(|note| say(note));
    let shown = if asked.all { everything } else { summary };
    print(&shown(&record, asked.colour.look()));
    match stopped.held {
        Some(held) => hold(held).await.map(|()| exit),
        None => Ok(exit),
    }
}

/// Keeps something up until an end is wanted.
async fn hold(held: Held) -> Result<(), Stop> {
    let interruption = Interruption::listen();
    say(&format!("{}; Ctrl-C ends it", held.said));
    let waited = match interruption {
        Ok(interruption) => {
            interruption.unless(std::future::pending::<()>()).await;
            Ok(())
        }
        Err(error) => Err(Stop::failed(format_args!("signals: {error}"))),
    };
    held.end.await;
    waited
}

/// The exit of a run, by its baseline if it has one.
fn exit_of(record: &mut RunRecord, asked: &Asked<'_>) -> Exit {
    let Some(baseline) = &asked.baseline else { return Exit::of(record, asked.strict) };
    let comparison = baseline.compare(record, asked.strict);
    comparison.unlisted.iter().for_each(|(seen, _)| say(&format!("baseline: not listed: {seen}")));
    comparison.stale.iter().for_each(|stale| say(&format!("baseline: stale: {stale}")));
    record.run.notes.push(format!("{} known failures are as the baseline lists them", comparison.known.len()));
    Exit::of_baseline(record, comparison.worst_unlisted(), !comparison.stale.is_empty())
}

/// Writes the reports; tells the exit with which the run ends. A report that cannot be written spoils the run but hides
/// nothing of it.
fn write_reports(record: &mut RunRecord, exit: Exit, out: &Path) -> Exit {
    record.exit_code = exit.code();
    let Err(message) = written(record, out) else { return exit };
    say(&format!("harness: {message}"));
    let exit = if exit == Exit::LeftBehind { exit } else { Exit::Failed };
    record.run.folder = None;
    record.exit_code = exit.code();
    exit
}

fn written(record: &RunRecord, out: &Path) -> Result<(), String> {
    for format in FORMATS {
        let path = out.join(format.file);
        let written = std::fs::write(&path, (format.render)(record));
        written.map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
    }
    Ok(())
}

/// The most memory this process has held, in kilobytes; 0 where the system does not tell.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}
