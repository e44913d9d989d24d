//! The catalogue is accounted for: every rule that binds servers is probed, or said to be untestable with the reason.
//! And the kill matrix in the documentation is the one in the program.
#![allow(clippy::expect_used, clippy::unwrap_used)]

use harness::catalogue::{Catalogue, Role};
use harness::rules::matrix;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn listed() -> BTreeSet<String> {
    read("fixtures/catalogue/server.txt").lines().map(str::to_owned).collect()
}

fn probed() -> BTreeSet<String> {
    let catalogue = Catalogue::embedded().unwrap();
    let of_servers = catalogue.requirements().iter().filter(|requirement| requirement.role == Role::Server);
    of_servers.map(|requirement| requirement.id.to_string()).collect()
}

/// The rows of the table: id, rule, reason.
fn untestable() -> Vec<[String; 3]> {
    let table = read("features/server/untestable.md");
    let rows = table.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| id "));
    rows.map(|row| {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
        cells.try_into().unwrap_or_else(|cells| panic!("three cells a row, not {cells:?}"))
    })
    .collect()
}

#[test]
fn every_rule_for_servers_is_probed_or_said_to_be_untestable() {
    let excused = untestable().into_iter().map(|[id, ..]| id).collect();
    let accounted: BTreeSet<_> = probed().union(&excused).cloned().collect();
    let missing: Vec<_> = listed().difference(&accounted).cloned().collect();
    assert!(missing.is_empty(), "neither a Rule in features/server nor a row of untestable.md: {missing:?}");
}

#[test]
fn no_rule_is_both_probed_and_said_to_be_untestable() {
    let both: Vec<_> = untestable().into_iter().map(|[id, ..]| id).filter(|id| probed().contains(id)).collect();
    assert!(both.is_empty(), "a Rule and a row of untestable.md: {both:?}");
}

#[test]
fn nothing_stands_in_the_table_or_the_features_that_is_not_in_the_list() {
    let listed = listed();
    let table = untestable().into_iter().map(|[id, ..]| id);
    let strange: Vec<_> = table.chain(probed()).filter(|id| !listed.contains(id)).collect();
    assert!(strange.is_empty(), "not in fixtures/catalogue/server.txt: {strange:?}");
}

#[test]
fn every_row_of_the_table_has_a_rule_and_a_reason() {
    for [id, rule, reason] in untestable() {
        assert!(!rule.is_empty() && !reason.is_empty(), "{id} has no rule or no reason");
    }
}

#[test]
fn the_kill_matrix_in_the_documentation_is_the_one_in_the_program() {
    let path = root().join("docs/kill-matrix.md");
    let matrix = matrix(&Catalogue::embedded().unwrap());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, matrix).unwrap();
        return;
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == matrix,
        "docs/kill-matrix.md is stale; write it anew with `UPDATE_DOCS=1 cargo test --workspace --test coverage`"
    );
}
