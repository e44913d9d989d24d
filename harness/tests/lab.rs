//! The lab of `third-party/lab/`: servers in Node with one fault each, which must be found out for that fault, and servers
//! that are right in another way, which must not be accused. A trial for each; `faults.toml` there says what must come out.
//!
//! They are run with `--include-ignored`. Needs Node. Without it nothing is run, which is said; with `REQUIRE_NODE=1` that fails.
#![allow(clippy::print_stdout)]
#![allow(clippy::expect_used, clippy::unwrap_used)]

#[path = "lab/judge.rs"]
mod judge;
#[path = "lab/report.rs"]
mod report;
#[path = "lab/table.rs"]
mod table;

use judge::{Shortcoming, shortcomings};
use libtest_mimic::{Arguments, Failed, Trial};
use report::Run;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use table::{Entry, Table};

/// What came of the entries that were run: the name of each, and what it lacks.
type Outcomes = Arc<Mutex<Vec<(String, Vec<Shortcoming>)>>>;

fn main() {
    let arguments = Arguments::from_args();
    if !has_node() {
        let required = std::env::var_os("REQUIRE_NODE").is_some_and(|value| value == "1");
        println!("lab: NOT RUN, there is no Node on this machine");
        std::process::exit(i32::from(required));
    }
    let table = Table::read();
    let outcomes: Outcomes = Arc::default();
    let mut trials = vec![Trial::test("the table and the servers know each other", || Table::read().check())];
    for entry in table.entries() {
        let outcomes = Arc::clone(&outcomes);
        // All of them take minutes, so they run when they are asked for.
        trials.push(Trial::test(entry.title(), move || run(&entry, &outcomes)).with_ignored_flag(true));
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    summarize(&outcomes.lock().expect("outcomes"));
    conclusion.exit();
}

fn has_node() -> bool {
    let version = Command::new("node").arg("--version").stdin(Stdio::null()).output();
    version.is_ok_and(|output| output.status.success())
}

fn run(entry: &Entry, outcomes: &Outcomes) -> Result<(), Failed> {
    let run = Run::of(entry)?;
    let lacking = shortcomings(entry, &run);
    let told: Vec<_> = lacking.iter().map(ToString::to_string).collect();
    outcomes.lock().expect("outcomes").push((entry.name.clone(), lacking));
    match (&entry.open, told.is_empty()) {
        (None, true) | (Some(_), false) => Ok(()),
        (None, false) => Err(format!("{}\n{}\n{}", entry.title(), told.join("\n"), run.command).into()),
        (Some(why), true) => Err(format!("it is as it must be; take `open` away ({why})").into()),
    }
}

fn summarize(outcomes: &[(String, Vec<Shortcoming>)]) {
    let of = |kind: fn(&Shortcoming) -> bool| {
        let names = outcomes.iter().filter(|(_, lacking)| lacking.iter().any(kind)).map(|(name, _)| name.as_str());
        names.collect::<Vec<_>>()
    };
    let kinds: [(&str, Vec<&str>); 4] = [
        ("not found", of(|one| matches!(one, Shortcoming::NotFound { .. }))),
        ("found for another reason", of(|one| matches!(one, Shortcoming::OtherReason { .. }))),
        ("accused wrongly", of(|one| matches!(one, Shortcoming::AccusedWrongly { .. }))),
        ("not decided", of(|one| matches!(one, Shortcoming::Ending { .. }))),
    ];
    let right = outcomes.iter().filter(|(_, lacking)| lacking.is_empty()).count();
    if outcomes.is_empty() {
        return;
    }
    println!("lab: {} run, {right} as they must be", outcomes.len());
    for (what, names) in kinds.iter().filter(|(_, names)| !names.is_empty()) {
        println!("lab: {} {what}: {}", names.len(), names.join(", "));
    }
}
