//! The summary on a terminal: what was judged, a mark per requirement and revision, and the evidence of whatever is not
//! as it should be.

use crate::exit::Exit;
use crate::judge::{Severity, Verdict};
use crate::record::{ExchangeRecord, FindingRecord, RequirementRecord, RunRecord, ScenarioRecord};
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
    for role in ["server", "client", "authority"] {
        let of_role: Vec<_> = record.requirements.iter().filter(|one| one.role == role).collect();
        if !of_role.is_empty() {
            table(&mut text, record, role, &of_role, look);
        }
    }
    let troubled = record.requirements.iter().filter(|one| one.severity != Severity::None.as_str());
    for requirement in troubled {
        trouble(&mut text, requirement, look);
    }
    teardown(&mut text, record, look);
    for note in &record.run.notes {
        line(&mut text, look, "note: ", note);
    }
    closing(&mut text, record, look);
    text
}

fn table(text: &mut String, record: &RunRecord, role: &str, requirements: &[&RequirementRecord], look: Look) {
    let mut revisions: Vec<_> = requirements.iter().map(|one| one.revision).collect();
    revisions.sort_unstable();
    revisions.dedup();
    let subject = record.run.subjects.get(role).cloned().unwrap_or_default();
    let _ = writeln!(text, "{} {subject}", paint(look, BOLD, &role.to_uppercase()));
    let head = |revision| if role == "authority" { "once" } else { short(revision) };
    let heads: String = revisions.iter().map(|revision| format!("{:<MARK_WIDTH$}", head(revision))).collect();
    let _ = writeln!(text, "{:ID_WIDTH$}{}", "", paint(look, DIM, heads.trim_end()));
    let mut by_id: BTreeMap<(&str, &str), Vec<&RequirementRecord>> = BTreeMap::new();
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

fn short(revision: &str) -> &str {
    revision.get(2..7).unwrap_or(revision)
}

fn file_of(place: &str) -> &str {
    place.rsplit_once(':').map_or(place, |(file, _)| file)
}

fn line_of(place: &str) -> usize {
    place.rsplit_once(':').and_then(|(_, line)| line.parse().ok()).unwrap_or_default()
}

fn mark(verdict: Option<&str>, look: Look) -> String {
    let (word, colour) = match verdict {
        Some("met") => ("met", GREEN),
        Some("violated") => ("VIOL", RED),
        Some("inconclusive") => ("inc", YELLOW),
        Some("harness error") => ("ERR", RED),
        _ => ("-", DIM),
    };
    paint(look, colour, &format!("{word:<MARK_WIDTH$}"))
}

fn trouble(text: &mut String, requirement: &RequirementRecord, look: Look) {
    let keyword = requirement.keyword.as_deref().unwrap_or_default();
    let title = format!("{} {} {keyword} at {}", requirement.verdict, requirement.id, requirement.revision);
    let _ = writeln!(text, "{}", paint(look, RED, &title));
    line(text, look, "  rule      ", &requirement.title);
    line(text, look, "  source    ", &requirement.sources.join("; "));
    if let Some(reason) = &requirement.reason {
        line(text, look, "  because   ", reason);
    }
    let expected = Verdict::Met.as_str();
    for scenario in requirement.scenarios.iter().filter(|one| one.verdict == requirement.verdict) {
        line(text, look, "  scenario  ", &scenario.name);
        for finding in scenario.findings.iter().filter(|one| one.verdict != expected) {
            evidence(text, scenario, finding, look);
        }
    }
    text.push('\n');
}

fn evidence(text: &mut String, scenario: &ScenarioRecord, finding: &FindingRecord, look: Look) {
    line(text, look, "  expected  ", &finding.expected);
    line(text, look, "  seen      ", &finding.actual);
    let found = |number: &usize| scenario.exchanges.iter().find(|one| one.number == *number);
    if let [exchange] = finding.evidence.iter().filter_map(found).collect::<Vec<_>>().as_slice() {
        let _ = writeln!(text, "  repeat    {}", curl(exchange));
    }
}

/// A command that sends the request again; what is redacted has to be filled in.
fn curl(exchange: &ExchangeRecord) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "'\\''"));
    let mut command = format!("curl -i -X {} {}", exchange.method, quoted(&exchange.url));
    for (name, value) in &exchange.request_headers {
        let _ = write!(command, " -H {}", quoted(&format!("{name}: {value}")));
    }
    if !exchange.request_body.is_empty() {
        let _ = write!(command, " --data-raw {}", quoted(&exchange.request_body));
    }
    command
}

fn teardown(text: &mut String, record: &RunRecord, look: Look) {
    if !record.teardown.gone.is_empty() {
        line(text, look, "torn down: ", &record.teardown.gone.join(", "));
    }
    for left in &record.teardown.left {
        let _ = writeln!(text, "{}", paint(look, RED, &format!("LEFT BEHIND: {left}")));
    }
}

fn closing(text: &mut String, record: &RunRecord, look: Look) {
    let totals = &record.totals;
    let facts = &record.run;
    line(text, look, "tokens: ", &facts.authority);
    line(text, look, "login: ", &facts.login);
    if let Some(screenshot) = &facts.screenshot {
        line(text, look, "login page: ", screenshot);
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
    let meaning = Exit::from_code(record.exit_code).map_or("", Exit::meaning);
    let colour = if record.exit_code == 0 { GREEN } else { RED };
    let _ = writeln!(text, "{}", paint(look, colour, &format!("exit {}: {meaning}", record.exit_code)));
}

/// A text behind a lead, wrapped at words; further lines stand below its beginning.
fn line(text: &mut String, look: Look, lead: &str, content: &str) {
    let room = look.width.saturating_sub(lead.chars().count()).max(20);
    let mut rest = content.trim();
    let mut lead = lead.to_owned();
    loop {
        let (head, tail) = split_at_word(rest, room);
        let _ = writeln!(text, "{lead}{head}");
        lead = " ".repeat(lead.chars().count());
        rest = tail.trim_start();
        if rest.is_empty() {
            break;
        }
    }
}

fn split_at_word(text: &str, room: usize) -> (&str, &str) {
    let Some((limit, _)) = text.char_indices().nth(room) else { return (text, "") };
    match text[..=limit].rfind(' ') {
        Some(space) if space > 0 => text.split_at(space),
        _ => text.split_at(limit),
    }
}

fn clipped(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    let mut clipped: String = text.chars().take(room.saturating_sub(1)).collect();
    clipped.push('…');
    clipped
}

const BOLD: &str = "1";
const DIM: &str = "2";
const RED: &str = "31";
const GREEN: &str = "32";
const YELLOW: &str = "33";

fn paint(look: Look, code: &str, text: &str) -> String {
    if look.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
}
