//! `harness list`: the catalogue as a list.

use super::args::SelectionArgs;
use super::stop::Stop;
use super::terminal::print;
use crate::catalogue::Catalogue;
use crate::exit::Exit;
use crate::plan::Selection;
use std::fmt::Write as _;

/// Prints the selected requirements.
pub(super) fn list(catalogue: &Catalogue, args: &SelectionArgs) -> Result<Exit, Stop> {
    print(&lines(catalogue, &args.selection(catalogue).map_err(Stop::usage)?));
    Ok(Exit::Met)
}

/// All selected requirements, a line each.
fn lines(catalogue: &Catalogue, selection: &Selection) -> String {
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
