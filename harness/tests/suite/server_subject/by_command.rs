use super::program::{file, harness, reference_server};
use super::reference::SUBJECT;

fn command() -> String {
    format!("exec {}", reference_server())
}

#[test]
fn the_reference_server_violates_nothing_when_a_command_starts_it() {
    let folder = tempfile::tempdir().unwrap();
    let subject = file(folder.path(), "subject.toml", SUBJECT);
    let subject = subject.display().to_string();

    let run = harness(
        &["--command", &command(), "--env", "COGNITO_APP_CLIENT_ID=conformance-harness", "--subject", &subject],
        &[],
    );

    let report = run.report();
    assert_eq!(report["totals"]["violated"], 0, "{}", run.errors);
    let sent = report["run"]["requests"].as_u64().unwrap();
    let told = forecast(&["--command", "exit 1", "--subject", &subject]);
    assert!(sent <= told && told <= sent * 3, "{told} were told, and {sent} were sent");
    assert_eq!(run.verdict("RS-TOKEN-01", "2026-07-28"), "met");
    assert_eq!(run.verdict("RS-AUD-01", "2025-06-18"), "met");
    assert_eq!(run.verdict("RS-TOKEN-06", "2025-11-25"), "met");
    for id in ["RS-CHALLENGE-12", "RS-CHALLENGE-15", "RS-CHALLENGE-17", "RS-CHALLENGE-19", "RS-HTTP-06"] {
        assert_eq!(run.verdict(id, "2026-07-28"), "met", "{id} is about scopes that the issuer chooses");
    }
    for id in ["RS-SCOPE-01", "RS-SCOPE-02", "RS-SCOPE-04", "RS-SCOPE-05", "RS-SCOPE-06", "RS-SCOPE-07", "RS-JWT-09"] {
        assert_eq!(run.verdict(id, "2026-07-28"), "met", "{id}");
    }
}

/// How many requests a dry run tells of. It starts no command.
fn forecast(arguments: &[&str]) -> u64 {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_harness"))
        .arg("server")
        .args(arguments)
        .arg("--dry-run")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).unwrap();
    let number = |line: &str| line.split("at most about ").nth(1)?.split(' ').next()?.parse::<u64>().ok();
    text.lines().filter_map(number).sum()
}

#[test]
fn a_command_that_ends_at_once_is_wrong_usage_and_its_last_words_are_shown() {
    let run = harness(&["--command", "echo no such module >&2; exit 7"], &[]);
    assert_eq!(run.code, 2);
    assert!(run.errors.contains("exit status: 7") && run.errors.contains("no such module"), "{}", run.errors);
}

#[test]
fn a_first_subject_file_is_written_and_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("subject.toml").display().to_string();
    let common = ["--command", &command(), "--env", "COGNITO_APP_CLIENT_ID=conformance-harness"];

    let written = harness(&[&common[..], &["--write-subject", &path]].concat(), &[]);
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let again = harness(&[&common[..], &["--subject", &path, "--requirement", "RS-TOKEN-01"]].concat(), &[]);

    assert_eq!(written.code, 0, "{}", written.errors);
    assert!(text.contains("[protected]") && text.contains("add_note"), "{text}");
    assert_eq!(again.code, 0, "{}", again.errors);
}

/// Only tokens of another client are accepted, so its tools are not seen.
#[test]
fn a_subject_file_of_a_server_that_refuses_every_token_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("subject.toml").display().to_string();
    let environment = ["--env", "COGNITO_APP_CLIENT_ID=somebody-else"];

    let run = harness(&[&["--command", &command(), "--write-subject", &path], &environment[..]].concat(), &[]);

    assert_eq!(run.code, 3, "{}", run.errors);
    assert!(run.errors.contains("refuses every valid token") && run.errors.contains("this client"), "{}", run.errors);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("# What an operator declares") && text.contains("# BEWARE"), "{text}");
}

#[test]
fn an_unknown_key_in_the_subject_file_names_the_nearest() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "subject.toml", "base_scope = []").display().to_string();
    let run = harness(&["--command", "true", "--subject", &path], &[]);
    assert_eq!(run.code, 2);
    assert!(run.errors.contains("did you mean `base_scopes`?"), "{}", run.errors);
}

#[test]
fn a_baseline_is_strict_both_ways() {
    let folder = tempfile::tempdir().unwrap();
    let entry = |id: &str| {
        let text = format!(
            "[[known]]\nid = \"{id}\"\nrevisions = [\"2026-07-28\"]\nverdict = \"inconclusive\"\nreason = \"r\"\n"
        );
        file(folder.path(), &format!("{id}.toml"), &text).display().to_string()
    };
    let judged = |baseline: &str, id: &str| {
        let command = command();
        harness(
            &[
                "--command",
                &command,
                "--env",
                "COGNITO_APP_CLIENT_ID=conformance-harness",
                "--revision",
                "2026-07-28",
                "--requirement",
                id,
                "--baseline",
                baseline,
            ],
            &[],
        )
    };

    let (known, unlisted, stale) = (entry("RS-TOKEN-06"), entry("RS-TOKEN-01"), entry("RS-TOKEN-01"));
    assert_eq!(judged(&known, "RS-TOKEN-06").code, 0);
    assert_eq!(judged(&unlisted, "RS-TOKEN-06").code, 3);
    let run = judged(&stale, "RS-TOKEN-01");
    assert_eq!(run.code, 1);
    assert!(run.errors.contains("stale: RS-TOKEN-01 at 2026-07-28 is met"), "{}", run.errors);
}

/// What is larger than a system that others use has to take is not sent, and is undecided by that name.
#[test]
fn a_gentle_run_leaves_out_what_is_very_long() {
    let common = ["--command", &command(), "--env", "COGNITO_APP_CLIENT_ID=conformance-harness"];

    let run = harness(
        &[&common[..], &["--gentle", "--requirement", "RS-TOKEN-05", "--revision", "2026-07-28"]].concat(),
        &[],
    );

    assert_eq!(run.verdict("RS-TOKEN-05", "2026-07-28"), "inconclusive");
    let seen = run.seen("RS-TOKEN-05", "2026-07-28");
    assert!(seen.contains("not sent, because the run is gentle"), "{seen}");
}
