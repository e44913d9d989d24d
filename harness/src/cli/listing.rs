//! The catalogue for people: a list, and one requirement in full.

use crate::catalogue::{Catalogue, Requirement, Revision};
use crate::plan::Selection;
use crate::sabotage::mutants;
use std::fmt::Write as _;

/// All selected requirements, a line each.
pub(super) fn list(catalogue: &Catalogue, selection: &Selection) -> String {
    let mut text = String::new();
    let selected = catalogue.requirements().iter().filter(|requirement| {
        selection.roles.contains(&requirement.role)
            && (selection.ids.is_empty() || selection.ids.contains(&requirement.id))
            && selection.revisions.iter().any(|revision| requirement.keyword(*revision).is_some())
    });
    for requirement in selected {
        let _ = writeln!(text, "{:18}{:10}{}", requirement.id, requirement.role, requirement.title);
    }
    text
}

/// One requirement in full.
pub(super) fn explain(requirement: &Requirement) -> String {
    let mut text = format!("{}  {}\n\n", requirement.id, requirement.title);
    for revision in Revision::ALL {
        let level = requirement.keyword(revision).map_or_else(|| "-".to_owned(), |keyword| keyword.to_string());
        let _ = writeln!(text, "  {revision}  {level}");
    }
    if requirement.derived {
        text.push_str(
            "\n  Derived: it follows from the sources without being stated there; breaking it is a finding.\n",
        );
    }
    text.push_str("\nIt rests on\n");
    for source in &requirement.sources {
        let _ = writeln!(text, "  {source}");
    }
    if !requirement.why.is_empty() {
        let _ = writeln!(text, "\nWhy\n{}", wrapped(&requirement.why));
    }
    let _ = writeln!(text, "\nHow it is probed (features/{})", requirement.place);
    for probe in &requirement.probes {
        let _ = writeln!(text, "  {}", probe.name);
        for step in &probe.steps {
            let _ = writeln!(text, "    {step}");
        }
        for row in &probe.examples {
            let _ = writeln!(text, "      | {row}");
        }
    }
    if !requirement.fix.is_empty() {
        let _ = writeln!(text, "\nHow to keep it\n{}", wrapped(&requirement.fix));
    }
    text.push_str("\nA subject breaks it, for example, when it\n");
    for mutant in mutants().filter(|mutant| mutant.kills.contains(&requirement.id.as_str())) {
        let _ = writeln!(text, "  {}", mutant.name);
    }
    text
}

/// A paragraph of at most 78 columns, indented by two.
fn wrapped(paragraph: &str) -> String {
    let mut lines = vec![String::from(" ")];
    for word in paragraph.split_whitespace() {
        let fits = lines.last().is_some_and(|line| line.chars().count() + 1 + word.chars().count() <= 78);
        if !fits {
            lines.push(String::from(" "));
        }
        if let Some(line) = lines.last_mut() {
            line.push(' ');
            line.push_str(word);
        }
    }
    lines.join("\n")
}
