//! The catalogue as a list.

use crate::catalogue::Catalogue;
use crate::plan::Selection;
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
