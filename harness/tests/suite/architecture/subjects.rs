//! The reference server, the reference client and the emulator: clean enough to be copied, and ignorant of who judges
//! them. And what holds of all crates.

use rstest::rstest;

use super::source::{root, sources};

const SUBJECTS: [&str; 3] = ["cognito-emulator", "reference-client", "reference-server"];
const CRATES: [&str; 4] = ["cognito-emulator", "harness", "reference-client", "reference-server"];

/// What a switch that makes a subject misbehave would be called.
const FAULTS: [&str; 12] = [
    "bug",
    "chaos",
    "fault",
    "faulty",
    "inject",
    "insecure",
    "misbehave",
    "mutant",
    "mutate",
    "sabotage",
    "sloppy",
    "vulnerable",
];

const LONGEST_FILE: usize = 600;

#[rstest]
fn a_subject_does_not_know_the_harness(#[values(0, 1, 2)] index: usize) {
    let subject = SUBJECTS[index];
    let manifest = std::fs::read_to_string(root().join(subject).join("Cargo.toml")).unwrap();
    assert!(!manifest.contains("harness"), "{subject}: {manifest}");
    for source in sources(&format!("{subject}/src")) {
        assert!(!source.mentions("harness"), "{subject}/{}", source.path);
    }
}

#[rstest]
fn a_subject_has_no_switch_for_faults(#[values(0, 1, 2)] index: usize) {
    let subject = SUBJECTS[index];
    let manifest = std::fs::read_to_string(root().join(subject).join("Cargo.toml")).unwrap();
    assert!(!manifest.contains("[features]"), "{subject} has features");
    for source in sources(&format!("{subject}/src")) {
        assert_eq!(fault_in(&without_comments(&source.text)), None, "{subject}/{}", source.path);
    }
}

#[test]
fn the_second_subject_has_no_switch_for_faults_either() {
    for source in sources("harness/tests/suite/second") {
        assert_eq!(fault_in(&without_comments(&source.text)), None, "{}", source.path);
    }
}

#[test]
fn no_code_is_unsafe_and_every_crate_takes_the_lints() {
    let workspace = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(workspace.contains("unsafe_code = \"forbid\""));
    for name in CRATES {
        let manifest = std::fs::read_to_string(root().join(name).join("Cargo.toml")).unwrap();
        assert!(manifest.contains("[lints]\nworkspace = true"), "{name} takes no lints of the workspace");
        for folder in ["src", "tests"] {
            for source in sources(&format!("{name}/{folder}")) {
                assert!(!source.mentions("unsafe"), "{name}/{folder}/{}", source.path);
            }
        }
    }
}

#[test]
fn a_file_can_be_read_in_one_sitting() {
    for name in CRATES {
        for source in sources(&format!("{name}/src")) {
            let lines = source.text.lines().count();
            assert!(lines <= LONGEST_FILE, "{name}/src/{} has {lines} lines", source.path);
        }
    }
}

#[test]
fn a_module_says_what_it_is_for() {
    for name in CRATES {
        for source in sources(&format!("{name}/src")) {
            assert!(source.text.starts_with("//! "), "{name}/src/{}", source.path);
        }
    }
}

/// Comments may say that there is no fault to switch on; names and strings, which environment variables and features are
/// made of, may not.
fn without_comments(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The first word that names a fault; `SIMULATE_FAULT` and `simulateFault` are made of two words.
fn fault_in(text: &str) -> Option<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for c in text.chars() {
        if !c.is_alphabetic() || (c.is_uppercase() && before.is_lowercase()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c.is_alphabetic()) {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words.into_iter().find(|word| FAULTS.contains(&word.trim_end_matches('s')))
}

#[rstest]
#[case::feature("#[cfg(feature = \"faults\")]", true)]
#[case::variable("env::var(\"RS_INJECT_DELAY\")", true)]
#[case::camel("let skipFault = 1;", true)]
#[case::default("Default::default()", false)]
#[case::debug("#[derive(Debug)]", false)]
fn a_fault_is_found_by_its_name(#[case] text: &str, #[case] expected: bool) {
    assert_eq!(fault_in(text).is_some(), expected);
}
