//! The kill matrix for people: which faults show that which requirement can be violated.

use super::mutants;
use crate::catalogue::{Catalogue, Requirement, Revision, Role};
use std::fmt::Write as _;

/// The matrix as a Markdown document.
#[must_use]
pub fn matrix(catalogue: &Catalogue) -> String {
    let mut text = String::from(
        "# The kill matrix\n\nEach requirement with the faults that it must notice, the subject that they are made of, and \
         the revisions at which both the\nrequirement and the fault can be. `cargo test --test kill_matrix` puts each fault \
         into the traffic of its subject and sees it\nnoticed. The subjects are the reference implementations, the second \
         subject in `harness/tests/suite/second/`, which has what\nthe reference server lacks, and a remote one beside \
         it. Made from `features/` and the mutants in `harness/src/rules/`.\n",
    );
    for role in Role::ALL {
        let _ = write!(text, "\n## {role}\n\n| requirement | fault | of | revisions |\n|---|---|---|---|\n");
        for requirement in catalogue.requirements().iter().filter(|requirement| requirement.role == role) {
            rows(&mut text, requirement);
        }
    }
    text
}

fn rows(text: &mut String, requirement: &Requirement) {
    let mut id = requirement.id.as_str();
    for mutant in mutants().filter(|mutant| mutant.kills.contains(&requirement.id.as_str())) {
        let at = |revision: &Revision| {
            requirement.keyword(*revision).is_some()
                && (mutant.revisions)(*revision)
                && (requirement.role.speaks_mcp() || *revision == Revision::V2026_07_28)
        };
        let revisions: Vec<_> = Revision::ALL.iter().filter(|revision| at(revision)).map(ToString::to_string).collect();
        if !revisions.is_empty() {
            let _ = writeln!(text, "| {id} | {} | {} | {} |", mutant.name, mutant.on, revisions.join(", "));
            id = "";
        }
    }
    if !id.is_empty() {
        let _ = writeln!(text, "| {id} | *none* | | |");
    }
}
