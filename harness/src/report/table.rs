//! The table of all requirements: a mark for each revision.

use super::Look;
use super::text::{BOLD, DIM, GREEN, RED, YELLOW, clipped, paint, wrapped};
use crate::record::{RequirementId, RequirementRecord, Revision, Role, RunRecord, Verdict};
use std::collections::BTreeMap;
use std::fmt::Write as _;

const ID_WIDTH: usize = 18;
const MARK_WIDTH: usize = 6;

/// A table a role, and what the marks mean.
pub(super) fn tables(text: &mut String, record: &RunRecord, look: Look) {
    for role in Role::ALL {
        let of_role: Vec<_> = record.requirements.iter().filter(|one| one.role == role).collect();
        if !of_role.is_empty() {
            table(text, role, &of_role, look);
        }
    }
    let legend = "VIOL: violated · inc: inconclusive · ERR: harness error · -: not applicable";
    for row in wrapped(legend, look.width) {
        let _ = writeln!(text, "{}", paint(look, DIM, &row));
    }
    text.push('\n');
}

fn table(text: &mut String, role: Role, requirements: &[&RequirementRecord], look: Look) {
    let mut revisions: Vec<_> = requirements.iter().map(|one| one.revision).collect();
    revisions.sort_unstable();
    revisions.dedup();
    let _ = writeln!(text, "{}", paint(look, BOLD, &role.as_str().to_uppercase()));
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
