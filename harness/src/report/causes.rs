//! The causes of a run, the most serious first: each with what is not so, what was sent, what came, what to do about it,
//! and the rules that it breaks. The record has computed them; here they are only written.

use super::text::{BOLD, DIM, RED, YELLOW, line, paint};
use super::{Look, repeat};
use crate::record::{
    BrokenRule, CauseRecord, Example, ExchangeRecord, Keyword, RequirementId, RequirementRecord, Revision, RunRecord,
    Severity,
};
use std::fmt::Write as _;

/// All causes of a run.
pub(super) fn causes(text: &mut String, record: &RunRecord, look: Look) {
    let count = record.causes.len();
    if count == 0 {
        return;
    }
    let heading = if count == 1 { "1 cause".to_owned() } else { format!("{count} causes, the most serious first") };
    let _ = writeln!(text, "{}\n", paint(look, BOLD, &heading));
    for (index, cause) in record.causes.iter().enumerate() {
        show(text, index + 1, cause, record, look);
    }
}

fn show(text: &mut String, number: usize, cause: &CauseRecord, record: &RunRecord, look: Look) {
    let colour = if cause.severity >= Severity::Failure { RED } else { YELLOW };
    let leading = cause.breaks.first().map(|rule| format!("{} {}", rule.id, weight(rule))).unwrap_or_default();
    let _ = writeln!(text, "{}", paint(look, colour, &format!("{number}. {leading}")));
    line(text, look, "  ", &cause.sentence);
    for example in &cause.examples {
        show_example(text, example, look);
    }
    line(text, look, "  at        ", &listed(&cause.revisions));
    if !cause.fix.is_empty() {
        line(text, look, "  fix       ", &cause.fix);
    }
    line(text, look, "  breaks    ", &breaks(cause));
    if !cause.undecided.is_empty() {
        let ids: Vec<_> = cause.undecided.iter().map(RequirementId::as_str).collect();
        line(text, look, "  leaves    ", &format!("undecided {}", ids.join(", ")));
    }
    for exchange in cause.examples.iter().filter_map(|example| repeated(cause, example, record)) {
        let _ = writeln!(text, "  repeat    {}", repeat::line(exchange, record.run.test_tokens.as_ref()));
    }
    let _ = writeln!(text, "{}\n", paint(look, DIM, &format!("  more      harness explain {}", cause.leading)));
}

fn show_example(text: &mut String, example: &Example, look: Look) {
    for exchange in &example.exchanges {
        line(text, look, "  sent      ", &exchange.sent);
        line(text, look, "  came      ", &exchange.came);
        if !exchange.body.is_empty() {
            line(text, look, "            ", &exchange.body);
        }
    }
    line(text, look, "  expected  ", &example.expected);
    line(text, look, "  seen      ", &example.seen);
}

/// A command repeats one request; where a finding rests on several, there is none.
fn repeated<'a>(cause: &CauseRecord, example: &Example, record: &'a RunRecord) -> Option<&'a ExchangeRecord> {
    let [shown] = example.exchanges.as_slice() else { return None };
    let is_meant = |one: &&RequirementRecord| one.id == cause.leading && one.revision == example.revision;
    let scenarios = record.requirements.iter().filter(is_meant).flat_map(|one| &one.scenarios);
    let mut exchanges = scenarios.filter(|one| one.name == example.scenario).flat_map(|one| &one.exchanges);
    exchanges.find(|exchange| exchange.number == shown.number)
}

/// The rules with how strongly they bind, and with the revisions where these are not all of the cause.
fn breaks(cause: &CauseRecord) -> String {
    let told = cause.breaks.iter().map(|rule| {
        let everywhere = rule.revisions == cause.revisions;
        let where_ = if everywhere { String::new() } else { format!(" (at {})", listed(&rule.revisions)) };
        format!("{} {}{where_}", rule.id, weight(rule))
    });
    told.collect::<Vec<_>>().join("; ")
}

fn weight(rule: &BrokenRule) -> String {
    let keyword = rule.keyword.map(Keyword::as_str).unwrap_or_default();
    if rule.derived { format!("{keyword}, derived") } else { keyword.to_owned() }
}

fn listed(revisions: &[Revision]) -> String {
    revisions.iter().map(|revision| revision.as_str()).collect::<Vec<_>>().join(", ")
}
