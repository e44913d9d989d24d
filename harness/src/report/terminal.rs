//! The summary on a terminal: what was judged; what is broken, once a fault, the most serious first; what could not be
//! decided; and how the run ended. With everything that there is, also a mark for each requirement and the evidence of
//! whatever is not as it should be.

use super::text::{BOLD, GREEN, RED, line, paint};
use super::{FORMATS, causes, table, trouble};
use crate::exit::Exit;
use crate::record::{LeftBehind, Role, RunRecord};
use std::fmt::Write as _;

/// How the terminal is written to.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// The columns there are.
    pub width: usize,
    /// Whether colours are shown.
    pub colour: bool,
}

/// The summary of a run.
#[must_use]
pub fn summary(record: &RunRecord, look: Look) -> String {
    let mut told = String::new();
    trouble::errors(&mut told, &record.requirements, look);
    causes::causes(&mut told, record, look);
    let open_by_cause: Vec<_> = record.causes.iter().flat_map(|cause| &cause.undecided).collect();
    trouble::undecided(&mut told, record, &open_by_cause, look);
    let mut text = subjects(record, look);
    if !told.is_empty() {
        let _ = write!(text, "\n{told}");
    }
    // That nothing is left is said in a line; what it was, where something is left of it.
    match record.teardown.gone.len() {
        0 => {}
        gone if record.teardown.left.is_empty() => line(&mut text, look, "torn down: ", &counted(gone)),
        _ => torn_down(&mut text, record, look),
    }
    end(&mut text, record, " (--all lists them)", look);
    text
}

/// The summary of a run, with every requirement and all evidence before it.
#[must_use]
pub fn everything(record: &RunRecord, look: Look) -> String {
    let mut text = subjects(record, look);
    text.push('\n');
    table::tables(&mut text, record, look);
    trouble::violated(&mut text, record, look);
    trouble::undecided(&mut text, record, &[], look);
    trouble::errors(&mut text, &record.requirements, look);
    causes::causes(&mut text, record, look);
    torn_down(&mut text, record, look);
    end(&mut text, record, "", look);
    text
}

fn subjects(record: &RunRecord, look: Look) -> String {
    let judged = Role::ALL.into_iter().filter(|role| record.requirements.iter().any(|one| one.role == *role));
    judged.fold(String::new(), |mut text, role| {
        let subject = record.run.subjects.get(&role).map(String::as_str).unwrap_or_default();
        let _ = writeln!(text, "{} {subject}", paint(look, BOLD, &role.as_str().to_uppercase()));
        text
    })
}

fn end(text: &mut String, record: &RunRecord, more: &str, look: Look) {
    text.push_str(&leftovers(&record.teardown.left, look));
    for note in &record.run.notes {
        line(text, look, "note: ", note);
    }
    closing(text, record, more, look);
}

fn counted(gone: usize) -> String {
    let things = if gone == 1 { "1 thing" } else { &format!("{gone} things") };
    format!("{things} that the run created, nothing is left")
}

fn torn_down(text: &mut String, record: &RunRecord, look: Look) {
    if !record.teardown.gone.is_empty() {
        line(text, look, "torn down: ", &record.teardown.gone.join(", "));
    }
}

/// What is left behind, each thing with the command that removes it on a line of its own, to be copied.
#[must_use]
pub fn leftovers(left: &[LeftBehind], look: Look) -> String {
    let mut text = String::new();
    for one in left {
        let _ = writeln!(text, "{}", paint(look, RED, &format!("LEFT BEHIND: {}", one.what)));
        line(&mut text, look, "  because   ", &one.why);
        let _ = writeln!(text, "  remove it {}", one.command);
    }
    text
}

fn closing(text: &mut String, record: &RunRecord, more: &str, look: Look) {
    let totals = &record.totals;
    let facts = &record.run;
    line(text, look, "tokens: ", &facts.authority);
    let picture = facts.screenshot.iter().fold(String::new(), |_, path| format!(", the page in {path}"));
    line(text, look, "login: ", &format!("{}{picture}", facts.login));
    let seconds = facts.milliseconds as f64 / 1000.0;
    let memory = facts.peak_memory_kilobytes / 1024;
    let files =
        facts.folder.iter().flat_map(|folder| FORMATS.iter().map(move |format| format!("{folder}/{}", format.file)));
    let files: Vec<_> = files.collect();
    let reports = if files.is_empty() { String::new() } else { format!("; report: {}", files.join(", ")) };
    let sent = match facts.requests {
        0 => String::new(),
        requests => format!(", {requests} requests"),
    };
    line(text, look, "", &format!("took {seconds:.1} s and {memory} MB of memory at most{sent}{reports}"));
    let counts = format!(
        "requirements, each once a revision: {} expected, {} run, {} met, {} violated, {} inconclusive, {} not applicable, {} harness errors{more}",
        totals.expected,
        totals.run,
        totals.met,
        totals.violated,
        totals.inconclusive,
        totals.not_applicable,
        totals.harness_errors
    );
    line(text, look, "", &counts);
    let meaning = match Exit::from_code(record.exit_code) {
        Some(Exit::Met) if Exit::of(record, false) != Exit::Met => "whatever is not met is as the baseline lists it",
        exit => exit.map_or("", Exit::meaning),
    };
    let colour = if record.exit_code == 0 { GREEN } else { RED };
    let _ = writeln!(text, "{}", paint(look, colour, &format!("exit {}: {meaning}", record.exit_code)));
}
