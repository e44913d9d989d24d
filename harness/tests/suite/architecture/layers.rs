//! Who knows whom inside the harness, and who knows which of the large crates.

use std::collections::BTreeSet;

use rstest::rstest;

use super::source::{Source, sources};

/// Each module with the modules it may know, in an order in which no module knows a later one.
const KNOWS: &[(&str, &[&str])] = &[
    ("catalogue", &[]),
    ("token_name", &[]),
    ("process", &[]),
    ("wire", &["token_name"]),
    ("protocol", &["wire"]),
    ("findings", &["catalogue", "protocol", "wire"]),
    ("user_agent", &[]),
    ("login", &["process", "user_agent"]),
    ("mcp", &["catalogue", "wire"]),
    ("declared", &["mcp"]),
    ("cognito", &[]),
    ("oauth_client", &["cognito", "login", "protocol", "wire"]),
    ("tokens", &["oauth_client", "protocol", "token_name", "wire"]),
    ("issuer", &["protocol", "token_name", "tokens"]),
    ("mutation", &["catalogue", "protocol", "wire"]),
    (
        "bench",
        &[
            "catalogue",
            "cognito",
            "declared",
            "issuer",
            "login",
            "mcp",
            "mutation",
            "oauth_client",
            "protocol",
            "token_name",
            "tokens",
            "user_agent",
            "wire",
        ],
    ),
    ("plan", &["bench", "catalogue"]),
    ("world", &["bench", "declared", "findings", "tokens", "wire"]),
    (
        "rules",
        &[
            "bench",
            "catalogue",
            "declared",
            "findings",
            "mcp",
            "mutation",
            "protocol",
            "token_name",
            "tokens",
            "user_agent",
            "wire",
            "world",
        ],
    ),
    ("run", &["bench", "catalogue", "findings", "plan", "wire", "world"]),
    ("record", &["bench", "catalogue", "findings", "run", "token_name", "wire"]),
    ("baseline", &["catalogue", "findings", "record"]),
    ("exit", &["findings", "record"]),
    ("report", &["exit", "record"]),
    (
        "setup",
        &[
            "bench",
            "catalogue",
            "cognito",
            "declared",
            "issuer",
            "login",
            "mcp",
            "oauth_client",
            "process",
            "protocol",
            "record",
            "token_name",
            "tokens",
            "wire",
        ],
    ),
    (
        "cli",
        &[
            "baseline",
            "bench",
            "catalogue",
            "cognito",
            "declared",
            "exit",
            "issuer",
            "login",
            "oauth_client",
            "plan",
            "record",
            "report",
            "run",
            "setup",
            "token_name",
            "tokens",
            "wire",
        ],
    ),
];

/// A module or file, and what of a thing it may name.
type Only = &'static [&'static str];

/// Cucumber's words: the runner and the steps, and the two that handle Gherkin's syntax tree, because a `Rule` is a
/// requirement: the catalogue reads it, and the plan hands on what is left of it. Of the rooms, `rooms.rs` speaks.
const CUCUMBER: Only = &["run.rs", "world.rs", "rules/", "catalogue/", "plan.rs"];

/// Where connections are opened: to subjects on the wire only, to login pages by a browser or as one does, to discovery
/// documents while a pool becomes ready.
const CONNECTS: Only = &["wire/", "login/", "user_agent/", "cognito/"];

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
    let empty: Vec<_> = placed.difference(&there).collect();
    assert_eq!((unplaced, empty), (Vec::new(), Vec::new()));
}

#[test]
fn no_module_knows_a_later_one() {
    for (index, (module, known)) in KNOWS.iter().enumerate() {
        let earlier: Vec<_> = KNOWS[..index].iter().map(|(earlier, _)| *earlier).collect();
        let later: Vec<_> = known.iter().filter(|known| !earlier.contains(known)).collect();
        assert_eq!(later, Vec::<&&str>::new(), "{module}");
    }
}

/// The first lines of a module say which others may know it, and say what the table says.
#[test]
fn a_module_says_who_may_know_it() {
    let sources = sources("harness/src");
    let mut wrong = Vec::new();
    for (module, _) in KNOWS {
        let places = [format!("{module}.rs"), format!("{module}/mod.rs")];
        let Some(source) = sources.iter().find(|source| places.contains(&source.path)) else { continue };
        let knowing = KNOWS.iter().filter(|(_, known)| known.contains(module)).map(|(name, _)| (*name).to_owned());
        let (said, meant) = (said_to_know(&source.text), knowing.collect::<BTreeSet<_>>());
        if said.as_ref() != Some(&meant) {
            wrong.push(format!("{} says {said:?}, and the table {meant:?}", source.path));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// The modules that the sentence `Known to …` of a file's first lines names.
fn said_to_know(text: &str) -> Option<BTreeSet<String>> {
    let lines = text.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim);
    let header = lines.collect::<Vec<_>>().join(" ");
    let (_, sentence) = header.rsplit_once("Known to ")?;
    Some(sentence.split('`').skip(1).step_by(2).map(str::to_owned).collect())
}

/// What nothing uses is not allowed either, so that the table says how it is.
#[test]
fn the_table_allows_nothing_that_is_not_used() {
    let all = sources("harness/src");
    let mut idle = Vec::new();
    for (module, known) in KNOWS {
        let used: BTreeSet<_> =
            all.iter().filter(|source| source.module() == *module).flat_map(|source| source.below("crate")).collect();
        idle.extend(
            known.iter().filter(|known| !used.contains(**known)).map(|known| format!("{module} knows {known}")),
        );
    }
    assert_eq!(idle, Vec::<String>::new());
}

#[rstest]
#[case::cucumber("cucumber", CUCUMBER)]
#[case::gherkin("gherkin", &[])]
#[case::fantoccini("fantoccini", &["login/webdriver/"])]
#[case::html("html5ever", &["user_agent/"])]
#[case::selectors("scraper", &["user_agent/"])]
#[case::signals("kill_process_group", &["process/"])]
#[case::aws_config("aws_config", &["cognito/"])]
#[case::aws_cognito("aws_sdk_cognitoidentityprovider", &["cognito/"])]
#[case::aws_sts("aws_sdk_sts", &["cognito/"])]
#[case::aws_http("aws_smithy_http_client", &["cognito/"])]
#[case::http_client("reqwest::Client", CONNECTS)]
#[case::http_call("reqwest::get", CONNECTS)]
#[case::http_pool("hyper_util", CONNECTS)]
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

/// A report shows what the record holds, and no more of findings than how bad they are.
#[test]
fn a_report_takes_nothing_but_verdicts_from_the_findings() {
    for report in sources("harness/src/report") {
        let taken = report.below("crate::findings");
        assert!(taken.iter().all(|item| item == "Severity" || item == "Verdict"), "{}: {taken:?}", report.path);
    }
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
