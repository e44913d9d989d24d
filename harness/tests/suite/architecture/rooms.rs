//! The rooms of rules: which part of one may know what, and that only a Then accuses.

use std::collections::BTreeSet;

use rstest::rstest;

use super::source::{Source, sources};

const RULES: &str = "harness/src/rules";

/// What a file of a room is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Steps,
    Mutants,
    /// Judges, and the evidence, purposes and tables that they and the steps share.
    Pure,
}

impl Part {
    /// `steps.rs` or what is in `steps/`; `mutants.rs` and `second.rs`; everything else is pure.
    fn of(source: &Source) -> Self {
        let parts: Vec<_> = source.path.trim_end_matches(".rs").split('/').collect();
        match parts.iter().find_map(|part| match *part {
            "steps" => Some(Self::Steps),
            "mutants" | "second" => Some(Self::Mutants),
            _ => None,
        }) {
            Some(part) => part,
            None => Self::Pure,
        }
    }
}

fn rooms(part: Part) -> Vec<Source> {
    let found: Vec<_> = sources(RULES).into_iter().filter(|source| Part::of(source) == part).collect();
    assert!(found.len() > 10, "{part:?}: {} files", found.len());
    found
}

#[test]
fn only_steps_know_cucumber() {
    let knowing: Vec<_> = sources(RULES)
        .into_iter()
        .filter(|source| {
            Part::of(source) != Part::Steps && (source.mentions("cucumber") || source.below("crate").contains("world"))
        })
        .map(|source| source.path)
        .collect();
    assert_eq!(knowing, Vec::<String>::new());
}

#[rstest]
#[case("tokio")]
#[case("futures")]
#[case("reqwest")]
#[case("axum")]
#[case("std::fs")]
#[case("std::io")]
#[case("TcpStream")]
#[case("TcpListener")]
#[case("UdpSocket")]
#[case("ToSocketAddrs")]
#[case("to_socket_addrs")]
#[case("std::env")]
#[case("std::process")]
#[case("std::thread")]
#[case("SystemTime")]
#[case("Instant")]
#[case("uuid")]
#[case("rand")]
#[case("async")]
fn a_judge_touches_nothing_outside_itself(#[case] path: &str) {
    let judges = rooms(Part::Pure).into_iter().map(|source| (RULES, source));
    let shared = ["harness/src/findings", "harness/src/protocol"]
        .into_iter()
        .flat_map(|folder| sources(folder).into_iter().map(move |source| (folder, source)));
    let touching: Vec<_> = judges
        .chain(shared)
        .filter(|(_, judge)| judge.mentions(path))
        .map(|(folder, judge)| format!("{folder}/{}", judge.path))
        .collect();
    assert_eq!(touching, Vec::<String>::new());
}

/// A mutant is an edit of traffic: it sees the engine, the wire, readers, and the values by which traffic is recognised.
#[test]
fn mutants_see_the_engine_and_the_wire_only() {
    let may = ["bench", "catalogue", "mcp", "mutation", "protocol", "rules", "token_name", "tokens", "wire"];
    let mut strange = Vec::new();
    for source in rooms(Part::Mutants) {
        let seen = source.below("crate");
        strange.extend(
            seen.iter()
                .filter(|module| !may.contains(&module.as_str()))
                .map(|module| format!("{} sees {module}", source.path)),
        );
        for forbidden in ["Finding", "ServerStage", "ClientStage", "AuthorityStage", "judge"] {
            if source.mentions(forbidden) {
                strange.push(format!("{} sees {forbidden}", source.path));
            }
        }
    }
    assert_eq!(strange, Vec::<String>::new());
}

/// Labels and names are for people. What decides something is a value of a type.
#[test]
fn no_mutant_and_no_judge_decides_by_prose() {
    let engine = sources("harness/src/mutation").into_iter();
    let files: Vec<_> = engine.chain(rooms(Part::Mutants)).collect();
    let mut prose = Vec::new();
    for source in &files {
        for word in ["label", "title"] {
            if source.code.contains(&format!(".{word}(")) || source.code.contains(&format!(".{word} ")) {
                prose.push(format!("{} reads {word}", source.path));
            }
        }
    }
    for source in sources("harness/src/rules") {
        for comparison in ["label() ==", "label().starts_with", "label().contains", "label().ends_with", "label() !="] {
            if source.code.contains(comparison) {
                prose.push(format!("{} compares a label", source.path));
            }
        }
    }
    assert_eq!(prose, Vec::<String>::new());
}

/// The record, the baseline and the reports compare values; what they print is made last.
#[test]
fn what_is_made_of_a_run_compares_no_text() {
    let folders = ["harness/src/record", "harness/src/report"].into_iter().flat_map(sources);
    let folders = folders.filter(|source| source.path != "names.rs");
    let single = sources("harness/src").into_iter().filter(|source| source.path == "exit.rs");
    let texts: Vec<_> = folders
        .chain(single)
        .filter(|source| source.code.contains("as_str() ==") || source.code.contains("as_str() !="))
        .map(|source| source.path)
        .collect();
    assert_eq!(texts, Vec::<String>::new());
}

/// A Given and a When may read an answer as a positive control does; only a Then may let a judge accuse.
#[test]
fn only_a_then_reaches_a_verdict() {
    let verdicts = verdict_functions();
    assert!(verdicts.contains("status_is") && verdicts.len() > 50, "{verdicts:?}");
    let (mut accusing, mut stepping) = (0, 0);
    for file in rooms(Part::Steps) {
        accusing += file.functions("then").filter(|then| !reached(then, &verdicts).is_empty()).count();
        for step in file.functions("given").chain(file.functions("when")) {
            assert_eq!(reached(&step, &verdicts), Vec::<String>::new(), "{}: {}", step.path, step.code);
            assert!(!step.mentions("Finding"), "{}: {}", step.path, step.code);
            stepping += 1;
        }
    }
    assert!(accusing > 50 && stepping > 50, "{accusing} accusing and {stepping} other steps");
}

#[test]
fn what_arranges_and_stimulates_makes_no_findings() {
    let verdicts = verdict_functions();
    let folders = [
        "bench",
        "cognito",
        "declared",
        "issuer",
        "login",
        "mcp",
        "mutation",
        "oauth_client",
        "process",
        "protocol",
        "setup",
        "tokens",
        "user_agent",
        "wire",
    ];
    for folder in folders {
        for source in sources(&format!("harness/src/{folder}")) {
            assert!(!source.mentions("Finding") && !source.mentions("Verdict"), "{folder}/{}", source.path);
            assert_eq!(reached(&source, &verdicts), Vec::<String>::new(), "{folder}/{}", source.path);
        }
    }
}

/// The functions that make findings, of all judges, by name.
fn verdict_functions() -> BTreeSet<String> {
    let judges = rooms(Part::Pure).into_iter().chain(sources("harness/src/findings"));
    let mut found = BTreeSet::new();
    for judge in judges {
        for function in judge.code.split("fn ").skip(1) {
            let signature = function.split('{').next().unwrap_or_default();
            let name: String = signature.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if signature.rsplit_once("->").is_some_and(|(_, result)| result.contains("Finding")) {
                found.insert(name);
            }
        }
    }
    found
}

/// Which of these functions a source reaches by the path of a judge's module.
fn reached(source: &Source, functions: &BTreeSet<String>) -> Vec<String> {
    let judges = ["judge", "answer", "findings"];
    let by_path = |name: &&String| {
        let tail = format!("::{name}");
        source.code.match_indices(&tail).any(|(at, _)| {
            let ends = !source.code[at + tail.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_');
            let before =
                source.code[..at].rsplit(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default();
            ends && judges.contains(&before)
        })
    };
    functions.iter().filter(by_path).cloned().collect()
}
