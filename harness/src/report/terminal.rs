//! The summary on a terminal: what was judged, a mark per requirement and revision, and the evidence of whatever is not
//! as it should be.

use super::text::{BOLD, DIM, GREEN, RED, YELLOW, clipped, line, paint, wrapped};
use super::{FORMATS, trouble};
use crate::exit::Exit;
use crate::record::{LeftBehind, RequirementId, RequirementRecord, Revision, Role, RunRecord, Verdict};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// How the terminal is written to.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// The columns there are.
    pub width: usize,
    /// Whether colours are shown.
    pub colour: bool,
}

const ID_WIDTH: usize = 18;
const MARK_WIDTH: usize = 6;

/// The summary of a run.
#[must_use]
pub fn summary(record: &RunRecord, look: Look) -> String {
    let mut text = String::new();
    for role in Role::ALL {
        let of_role: Vec<_> = record.requirements.iter().filter(|one| one.role == role).collect();
        if !of_role.is_empty() {
            table(&mut text, record, role, &of_role, look);
        }
    }
    legend(&mut text, look);
    trouble::blocks(&mut text, &record.requirements, look);
    teardown(&mut text, record, look);
    for note in &record.run.notes {
        line(&mut text, look, "note: ", note);
    }
    closing(&mut text, record, look);
    text
}

fn table(text: &mut String, record: &RunRecord, role: Role, requirements: &[&RequirementRecord], look: Look) {
    let mut revisions: Vec<_> = requirements.iter().map(|one| one.revision).collect();
    revisions.sort_unstable();
    revisions.dedup();
    let subject = record.run.subjects.get(&role).cloned().unwrap_or_default();
    let _ = writeln!(text, "{} {subject}", paint(look, BOLD, &role.as_str().to_uppercase()));
    let head = |revision| if role.speaks_mcp() { short(revision) } else { "once" };
    let heads: String = revisions.iter().map(|revision| format!("{:<MARK_WIDTH$}", head(*revision))).collect();
    let _ = writeln!(text, "{:ID_WIDTH$}{}", "", paint(look, DIM, heads.trim_end()));
    let mut by_id: BTreeMap<(&str, &RequirementId), Vec<&RequirementRecord>> = BTreeMap::new();
    for one in requirements {
        by_id.entry((&one.place, &one.id)).or_default().push(one);
    }
    let mut rows: Vec<_> = by_id.into_values().collect();
    rows.sort_by_key(|row| row.first().map(|one| (file_of(&one.place), line_of(&one.place))));
    for row in rows {
        let Some(first) = row.first() else { continue };
        let marks: String = revisions
            .iter()
            .map(|revision| mark(row.iter().find(|one| one.revision == *revision).map(|one| one.verdict), look))
            .collect();
        let room = look.width.saturating_sub(ID_WIDTH + MARK_WIDTH * revisions.len());
        let _ = writeln!(text, "{:ID_WIDTH$}{marks}{}", first.id, clipped(&first.title, room));
    }
    text.push('\n');
}

fn legend(text: &mut String, look: Look) {
    let legend = "VIOL: violated · inc: inconclusive · ERR: harness error · -: not applicable";
    for row in wrapped(legend, look.width) {
        let _ = writeln!(text, "{}", paint(look, DIM, row));
    }
    text.push('\n');
}

fn short(revision: Revision) -> &'static str {
    let name = revision.as_str();
    name.get(2..7).unwrap_or(name)
}

fn file_of(place: &str) -> &str {
    place.rsplit_once(':').map_or(place, |(file, _)| file)
}

fn line_of(place: &str) -> usize {
    place.rsplit_once(':').and_then(|(_, line)| line.parse().ok()).unwrap_or_default()
}

fn mark(verdict: Option<Verdict>, look: Look) -> String {
    let (word, colour) = match verdict {
        Some(Verdict::Met) => ("met", GREEN),
        Some(Verdict::Violated) => ("VIOL", RED),
        Some(Verdict::Inconclusive) => ("inc", YELLOW),
        Some(Verdict::HarnessError) => ("ERR", RED),
        Some(Verdict::NotApplicable) | None => ("-", DIM),
    };
    paint(look, colour, &format!("{word:<MARK_WIDTH$}"))
}

fn teardown(text: &mut String, record: &RunRecord, look: Look) {
    if !record.teardown.gone.is_empty() {
        line(text, look, "torn down: ", &record.teardown.gone.join(", "));
    }
    text.push_str(&leftovers(&record.teardown.left, look));
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

fn closing(text: &mut String, record: &RunRecord, look: Look) {
    let totals = &record.totals;
    let facts = &record.run;
    line(text, look, "tokens: ", &facts.authority);
    line(text, look, "login: ", &facts.login);
    if let Some(screenshot) = &facts.screenshot {
        line(text, look, "login page: ", screenshot);
    }
    if let Some(folder) = &facts.folder {
        let files: Vec<_> = FORMATS.iter().map(|format| format!("{folder}/{}", format.file)).collect();
        line(text, look, "reports: ", &files.join(", "));
    }
    let seconds = facts.milliseconds as f64 / 1000.0;
    let memory = facts.peak_memory_kilobytes / 1024;
    line(text, look, "", &format!("took {seconds:.1} s and {memory} MB of memory at most"));
    let counts = format!(
        "requirements, each once a revision: {} expected, {} run, {} met, {} violated, {} inconclusive, {} not applicable, {} harness errors",
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
