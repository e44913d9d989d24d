//! Who knows whom inside the harness, and who knows which of the large crates.

use std::collections::BTreeSet;

use rstest::rstest;

use crate::source::{Source, sources};

/// Each module with the modules it may know, in an order in which nobody knows a later one.
const KNOWS: &[(&str, &[&str])] = &[
    ("catalogue", &[]),
    ("wire", &[]),
    ("process", &[]),
    ("user_agent", &[]),
    ("login", &["process", "user_agent"]),
    ("judge", &["catalogue", "user_agent", "wire"]),
    ("mcp", &["catalogue", "wire"]),
    ("authority", &["judge", "login", "wire"]),
    ("sabotage", &["authority", "catalogue", "judge", "wire"]),
    ("bench", &["authority", "catalogue", "judge", "login", "mcp", "sabotage", "user_agent", "wire"]),
    ("plan", &["bench", "catalogue"]),
    ("world", &["authority", "bench", "judge", "wire"]),
    ("steps", &["authority", "bench", "judge", "mcp", "user_agent", "wire", "world"]),
    ("run", &["bench", "catalogue", "judge", "plan", "steps", "wire", "world"]),
    ("record", &["bench", "catalogue", "judge", "run", "wire"]),
    ("baseline", &["catalogue", "judge", "record"]),
    ("exit", &["judge", "record"]),
    ("report", &["exit", "judge", "record"]),
    ("rig", &["authority", "bench", "catalogue", "judge", "login", "mcp", "process", "record", "wire"]),
    (
        "cli",
        &[
            "authority",
            "baseline",
            "bench",
            "catalogue",
            "exit",
            "login",
            "plan",
            "record",
            "report",
            "rig",
            "run",
            "sabotage",
            "wire",
        ],
    ),
];

/// A module or file, and what of a thing it may name.
type Only = &'static [&'static str];

/// Cucumber's words: the runner and the steps, and the two that handle Gherkin's syntax tree, because a `Rule` is a
/// requirement: the catalogue reads it, and the plan hands on what is left of it.
const CUCUMBER: Only = &["run.rs", "world.rs", "steps/", "catalogue/", "plan.rs"];

/// Where connections are opened: to subjects on the wire only, to login pages by logins, to discovery documents while a
/// pool becomes ready.
const CONNECTS: Only = &["wire/", "login/", "authority/cognito/"];

#[test]
fn every_module_knows_only_what_it_may() {
    let wrong: Vec<_> = sources("harness/src").iter().flat_map(strangers).collect();
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_module_has_its_place() {
    let there: BTreeSet<_> = sources("harness/src").iter().map(|source| source.module().to_owned()).collect();
    let placed: BTreeSet<_> = KNOWS.iter().map(|(module, _)| (*module).to_owned()).collect();
    let unplaced: Vec<_> =
        there.difference(&placed).filter(|module| !["lib", "main"].contains(&module.as_str())).collect();
    assert_eq!((unplaced, placed.difference(&there).count()), (Vec::new(), 0));
}

#[test]
fn nobody_knows_a_later_one() {
    for (index, (module, known)) in KNOWS.iter().enumerate() {
        let earlier: Vec<_> = KNOWS[..index].iter().map(|(earlier, _)| *earlier).collect();
        let later: Vec<_> = known.iter().filter(|known| !earlier.contains(known)).collect();
        assert_eq!(later, Vec::<&&str>::new(), "{module}");
    }
}

#[rstest]
#[case::cucumber("cucumber", CUCUMBER)]
#[case::gherkin("gherkin", &[])]
#[case::fantoccini("fantoccini", &["login/webdriver/"])]
#[case::aws_config("aws_config", &["authority/cognito/"])]
#[case::aws_cognito("aws_sdk_cognitoidentityprovider", &["authority/cognito/"])]
#[case::aws_sts("aws_sdk_sts", &["authority/cognito/"])]
#[case::aws_http("aws_smithy_http_client", &["authority/cognito/"])]
#[case::http_client("reqwest::Client", CONNECTS)]
#[case::http_call("reqwest::get", CONNECTS)]
#[case::http_pool("hyper_util", CONNECTS)]
#[case::html("html5ever", &["user_agent/"])]
#[case::selectors("scraper", &["user_agent/"])]
#[case::signals("kill_process_group", &["process/"])]
#[case::stream("TcpStream", CONNECTS)]
#[case::stream_by_path("tokio::net::TcpStream", CONNECTS)]
fn a_crate_is_known_in_its_place_only(#[case] path: &str, #[case] only: Only) {
    let elsewhere: Vec<_> = sources("harness/src")
        .into_iter()
        .filter(|source| !only.iter().any(|place| source.path.starts_with(place)) && source.mentions(path))
        .map(|source| source.path)
        .collect();
    assert_eq!(elsewhere, Vec::<String>::new());
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
#[case("async")]
fn a_judge_touches_nothing_outside_itself(#[case] path: &str) {
    let judges = sources("harness/src/judge");
    let touching: Vec<_> = judges.iter().filter(|judge| judge.mentions(path)).map(|judge| &judge.path).collect();
    assert_eq!(touching, Vec::<&String>::new());
}

/// A record holds verdicts and severities by their names, and a report may compare with those names.
#[test]
fn a_report_takes_nothing_but_names_from_the_judges() {
    for report in sources("harness/src/report") {
        let taken = report.below("crate::judge");
        assert!(taken.iter().all(|item| item == "Severity" || item == "Verdict"), "{}: {taken:?}", report.path);
    }
}

/// A Given and a When may read an answer with a judge's eyes, as a positive control does; only a Then may let it accuse.
#[test]
fn only_a_then_reaches_a_verdict() {
    let verdicts = verdict_functions(&sources("harness/src/judge"));
    assert!(verdicts.contains(&("answer".to_owned(), "status_is".to_owned())), "{verdicts:?}");
    let (mut accusing, mut stepping) = (0, 0);
    for file in sources("harness/src/steps") {
        accusing += file.functions("then").filter(|then| !reached(then, &verdicts).is_empty()).count();
        for step in file.functions("given").chain(file.functions("when")) {
            assert_eq!(reached(&step, &verdicts), Vec::<String>::new(), "{}: {}", step.path, step.code);
            assert!(!step.mentions("Finding"), "{}: {}", step.path, step.code);
            stepping += 1;
        }
    }
    assert!(accusing > 10 && stepping > 10, "{accusing} accusing and {stepping} other steps");
}

#[test]
fn what_arranges_and_stimulates_makes_no_findings() {
    let verdicts = verdict_functions(&sources("harness/src/judge"));
    for folder in ["bench", "wire", "mcp", "sabotage", "authority", "rig"] {
        for source in sources(&format!("harness/src/{folder}")) {
            assert!(!source.mentions("Finding") && !source.mentions("Verdict"), "{folder}/{}", source.path);
            assert_eq!(reached(&source, &verdicts), Vec::<String>::new(), "{folder}/{}", source.path);
        }
    }
}

/// The functions of the judges that make findings, each with its module.
fn verdict_functions(judges: &[Source]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for judge in judges {
        let module = judge.path.trim_end_matches(".rs");
        for function in judge.code.split("pub fn ").skip(1) {
            let signature = function.split('{').next().unwrap_or_default();
            let name: String = signature.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if signature.rsplit_once("->").is_some_and(|(_, result)| result.contains("Finding")) {
                found.push((module.to_owned(), name));
            }
        }
    }
    found
}

/// Which of these functions a source calls by its module or imports by name.
fn reached(source: &Source, functions: &[(String, String)]) -> Vec<String> {
    let reaches = |(module, name): &&(String, String)| {
        let by_module = source.below(module).contains(name) || source.below(&format!("judge::{module}")).contains(name);
        by_module || source.below(&format!("crate::judge::{module}")).contains(name)
    };
    functions.iter().filter(reaches).map(|(module, name)| format!("{module}::{name}")).collect()
}

fn strangers(source: &Source) -> Vec<String> {
    let known = KNOWS.iter().find(|(module, _)| *module == source.module()).map_or(&[][..], |(_, known)| known);
    let strange = |module: &String| {
        let placed = KNOWS.iter().any(|(placed, _)| placed == module);
        placed && module != source.module() && !known.contains(&module.as_str())
    };
    let named = source.below("crate");
    named.iter().filter(|module| strange(module)).map(|module| format!("{} knows {module}", source.path)).collect()
}
