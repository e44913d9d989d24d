//! The catalogue is accounted for: every rule that binds servers is probed, or said to be untestable with the reason.
//! And what the documentation has from the program is as it is there: the kill matrix, the ids, the words about clients.

use harness::catalogue::{Catalogue, Role};
use harness::rules::{client_words, matrix};
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

/// How what is made of the program is made anew.
const UPDATE: &str = "UPDATE_DOCS=1 cargo test --workspace --test suite coverage::";

/// Compares a file with what the program makes of it; writes it where that was asked for.
fn is_current(path: &str, made: impl FnOnce(&str) -> String) {
    let written = read(path);
    let made = made(&written);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(root().join(path), made).unwrap();
    } else {
        assert!(written == made, "{path} is stale; write it anew with `{UPDATE}`");
    }
}

#[test]
fn the_kill_matrix_in_the_documentation_is_the_one_in_the_program() {
    is_current("docs/kill-matrix.md", |_| matrix(&Catalogue::embedded().unwrap()));
}

#[test]
fn every_id_is_listed() {
    is_current("features/ids.txt", |written| {
        let catalogue = Catalogue::embedded().unwrap();
        let known: BTreeSet<_> = written.lines().filter_map(|line| line.split(' ').next()).collect();
        let ids = catalogue.requirements().iter().map(|requirement| requirement.id.as_str());
        let lines: BTreeSet<_> = written.lines().chain(ids.filter(|id| !known.contains(id))).collect();
        lines.into_iter().map(|line| format!("{line}\n")).collect()
    });
}

#[test]
fn the_words_about_clients_are_those_in_the_program() {
    let (begin, end) = ("<!-- clients -->\n", "<!-- /clients -->\n");
    is_current("features/README.md", |written| {
        let (before, rest) = written.split_once(begin).expect("the tables have a begin");
        let (_, after) = rest.split_once(end).expect("the tables have an end");
        format!("{before}{begin}\n{}\n{end}{after}", client_words())
    });
}
