//! The evidence of whatever is not as it should be: one block for a requirement, whatever the number of revisions at which
//! the same is wrong. What could not be decided for want of something is told once for each thing that was wanting.

use super::text::{RED, YELLOW, line, paint};
use super::{Look, repeat};
use crate::record::{
    FindingRecord, Keyword, RequirementId, RequirementRecord, Revision, RunRecord, ScenarioRecord, Severity,
    TestTokens, Verdict,
};
use std::fmt::Write as _;

/// More findings of one requirement say nothing that these do not; the reports have them all.
const SHOWN: usize = 3;

/// The revisions at which one requirement came to the same.
struct Block<'a> {
    requirements: Vec<&'a RequirementRecord>,
}

/// One finding, and the revisions at which it was made.
struct Entry<'a> {
    scenario: &'a ScenarioRecord,
    finding: &'a FindingRecord,
    revisions: Vec<Revision>,
}

/// A block for each requirement over which the harness itself failed.
pub(super) fn errors(text: &mut String, requirements: &[RequirementRecord], look: Look) {
    let failed = blocks(requirements.iter().filter(|one| one.severity == Severity::Error));
    failed.iter().for_each(|block| block.show(text, None, look));
}

/// A block for each requirement that is violated, the worst last.
pub(super) fn violated(text: &mut String, record: &RunRecord, look: Look) {
    let mut broken = blocks(record.requirements.iter().filter(|one| one.verdict == Verdict::Violated));
    broken.sort_by_key(Block::severity);
    broken.iter().for_each(|block| block.show(text, record.run.test_tokens.as_ref(), look));
}

/// What could not be decided: what was wanting, and a block for each requirement that was not decided for another reason.
/// `told` are the rules of which it was said already why they were not.
pub(super) fn undecided(text: &mut String, record: &RunRecord, told: &[&RequirementId], look: Look) {
    let open = |one: &&RequirementRecord| one.severity == Severity::Incomplete && !told.contains(&&one.id);
    let undecided = blocks(record.requirements.iter().filter(open));
    let (wanting, others): (Vec<_>, Vec<_>) = undecided.into_iter().partition(Block::only_wants_something);
    others.iter().for_each(|block| block.show(text, record.run.test_tokens.as_ref(), look));
    wants(text, &wanting, look);
}

fn blocks<'a>(requirements: impl Iterator<Item = &'a RequirementRecord>) -> Vec<Block<'a>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    for one in requirements {
        match blocks.iter_mut().find(|block| block.takes(one)) {
            Some(block) => block.requirements.push(one),
            None => blocks.push(Block { requirements: vec![one] }),
        }
    }
    blocks
}

/// What could not be seen, once for each thing that was wanting. What was tried, and in vain, is in the reports.
fn wants(text: &mut String, blocks: &[Block<'_>], look: Look) {
    let mut wants: Vec<(&str, Vec<&str>)> = Vec::new();
    for (lack, id) in blocks.iter().flat_map(Block::lacks) {
        match wants.iter_mut().find(|(known, _)| *known == lack) {
            Some((_, ids)) if ids.contains(&id) => {}
            Some((_, ids)) => ids.push(id),
            None => wants.push((lack, vec![id])),
        }
    }
    if wants.is_empty() {
        return;
    }
    wants.sort_by_key(|(_, ids)| ids.len());
    let _ = writeln!(text, "{}", paint(look, YELLOW, "inconclusive, for want of something"));
    for (lack, ids) in wants {
        line(text, look, "  because   ", lack);
        line(text, look, "  rules     ", &ids.join(", "));
    }
    text.push('\n');
}

impl<'a> Block<'a> {
    /// Whether nothing was seen of it that would have to be shown.
    fn only_wants_something(&self) -> bool {
        let incomplete = |one: &&RequirementRecord| one.severity == Severity::Incomplete;
        let mut findings = self.decisive().peekable();
        self.requirements.iter().all(incomplete)
            && findings.peek().is_some()
            && findings.all(|finding| finding.lack.is_some())
    }

    /// What was wanting, each time with the rule.
    fn lacks(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let id = self.requirements.first().map_or("", |one| one.id.as_str());
        self.decisive().filter_map(move |finding| Some((finding.lack.as_deref()?, id)))
    }

    /// The findings that made the verdict.
    fn decisive(&self) -> impl Iterator<Item = &'a FindingRecord> {
        self.requirements.iter().copied().flat_map(|requirement| {
            let findings = requirement.scenarios.iter().flat_map(|scenario| &scenario.findings);
            findings.filter(|finding| finding.verdict == requirement.verdict)
        })
    }

    fn takes(&self, one: &RequirementRecord) -> bool {
        let alike = |known: &&RequirementRecord| {
            (&known.id, known.verdict, known.keyword, &known.reason) == (&one.id, one.verdict, one.keyword, &one.reason)
        };
        self.requirements.iter().any(alike)
    }

    fn severity(&self) -> Severity {
        self.requirements.first().map_or(Severity::None, |one| one.severity)
    }

    fn show(&self, text: &mut String, tokens: Option<&TestTokens>, look: Look) {
        let Some(first) = self.requirements.first() else { return };
        let colour = if first.severity >= Severity::Failure { RED } else { YELLOW };
        let keyword = first.keyword.map(Keyword::as_str).unwrap_or_default();
        let derived = if first.derived { " (derived, so a finding)" } else { "" };
        let _ =
            writeln!(text, "{}", paint(look, colour, &format!("{} {} {keyword}{derived}", first.verdict, first.id)));
        line(text, look, "  at        ", &listed(self.requirements.iter().map(|one| one.revision)));
        line(text, look, "  rule      ", &first.title);
        line(text, look, "  source    ", &first.sources.join("; "));
        if let Some(reason) = &first.reason {
            line(text, look, "  because   ", reason);
        }
        self.show_entries(text, tokens, look);
        if first.verdict == Verdict::Violated {
            if !first.fix.is_empty() {
                line(text, look, "  fix       ", &first.fix);
            }
            line(text, look, "  more      ", &format!("harness explain {}", first.id));
        }
        text.push('\n');
    }

    fn show_entries(&self, text: &mut String, tokens: Option<&TestTokens>, look: Look) {
        let entries = self.entries();
        for entry in entries.iter().take(SHOWN) {
            line(text, look, "  scenario  ", &entry.scenario.name);
            if entry.revisions.len() < self.requirements.len() {
                line(text, look, "  only at   ", &listed(entry.revisions.iter().copied()));
            }
            line(text, look, "  expected  ", &entry.finding.expected);
            line(text, look, "  seen      ", &entry.finding.actual);
            entry.show_repetition(text, tokens);
        }
        if let Some(more) = entries.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            let findings = if more == 1 { "finding" } else { "findings" };
            line(text, look, "  and       ", &format!("{more} more {findings} of this kind, in the reports"));
        }
    }

    /// The findings that made the verdict, each once.
    fn entries(&self) -> Vec<Entry<'_>> {
        let mut entries: Vec<Entry<'_>> = Vec::new();
        for requirement in &self.requirements {
            for scenario in requirement.scenarios.iter().filter(|one| one.verdict == requirement.verdict) {
                for finding in scenario.findings.iter().filter(|one| one.verdict != Verdict::Met) {
                    let same = |entry: &&mut Entry<'_>| {
                        entry.scenario.name == scenario.name
                            && entry.finding.expected == finding.expected
                            && entry.finding.actual == finding.actual
                    };
                    match entries.iter_mut().find(same) {
                        Some(entry) if entry.revisions.contains(&requirement.revision) => {}
                        Some(entry) => entry.revisions.push(requirement.revision),
                        None => entries.push(Entry { scenario, finding, revisions: vec![requirement.revision] }),
                    }
                }
            }
        }
        entries
    }
}

impl Entry<'_> {
    /// A command repeats one request; where a finding rests on several, there is none.
    fn show_repetition(&self, text: &mut String, tokens: Option<&TestTokens>) {
        if let [exchange] = self.scenario.evidence_of(self.finding).as_slice() {
            let _ = writeln!(text, "  repeat    {}", repeat::line(exchange, tokens));
        }
    }
}

fn listed(revisions: impl Iterator<Item = Revision>) -> String {
    revisions.map(Revision::as_str).collect::<Vec<_>>().join(", ")
}
