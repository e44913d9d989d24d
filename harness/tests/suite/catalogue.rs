//! The feature files as a specification: complete, unambiguous, never renumbered; and what the lint refuses.

use std::collections::{BTreeMap, BTreeSet};

use harness::bench::Variation;
use harness::catalogue::{Catalogue, Requirement, Revision, Role, glossary, link};
use harness::mcp::Operation;
use harness::plan::{Decision, Plan, Selection};
use harness::run::unmatched_steps;
use harness::token_name::TokenName;
use harness::tokens::forge::named;
use rstest::rstest;

/// Every id there is or ever was, a line each and in order; behind one whose rule was withdrawn stands `withdrawn`.
const IDS: &str = include_str!("../../../features/ids.txt");

fn catalogue() -> Catalogue {
    Catalogue::embedded().unwrap()
}

/// The texts of all steps, with the values of their examples in place.
fn step_texts(catalogue: &Catalogue) -> BTreeSet<String> {
    let rules = catalogue.features().flat_map(|(_, feature)| &feature.rules);
    let steps = rules.flat_map(|rule| &rule.scenarios).flat_map(|scenario| &scenario.steps);
    steps.map(|step| step.value.clone()).collect()
}

#[test]
fn every_step_matches_exactly_one_function() {
    assert_eq!(unmatched_steps(&catalogue()), Vec::<String>::new());
}

#[test]
fn a_step_without_a_function_is_found() {
    let text = RULE.replace("Then the answer is 401", "Then the answer is what one would like");
    let unmatched = unmatched_steps(&from(&text).unwrap());
    assert_eq!(unmatched.len(), 1);
    assert!(unmatched[0].ends_with("`Then the answer is what one would like` matches no function"), "{unmatched:?}");
    assert!(unmatched[0].starts_with("server/some.feature:"), "{unmatched:?}");
}

#[test]
fn every_rule_is_probed_at_every_revision_at_which_it_is_in_force() {
    let catalogue = catalogue();
    let variations = Revision::ALL.into_iter().map(Variation::honest).collect();
    let plan = Plan::new(&catalogue, variations, &Selection::default());
    let unprobed: Vec<_> = plan
        .planned
        .iter()
        .filter(|planned| matches!(planned.decision, Decision::Run { scenarios: 0, .. }))
        .map(|planned| format!("{} at {}", planned.id, plan.variations[planned.variation].revision))
        .collect();
    assert_eq!(unprobed, Vec::<String>::new());
    assert!(plan.scenarios() > 0);
}

#[test]
fn an_id_is_never_used_again() {
    let lines: Vec<&str> = IDS.lines().collect();
    let mut sorted = lines.clone();
    sorted.sort_unstable();
    sorted.dedup_by_key(|line| line.split(' ').next().unwrap_or_default().to_owned());
    assert_eq!(lines, sorted, "features/ids.txt is in order and holds every id once");

    let catalogue = catalogue();
    let in_use: BTreeSet<&str> = catalogue.requirements().iter().map(|requirement| requirement.id.as_str()).collect();
    let (withdrawn, known): (BTreeSet<&str>, BTreeSet<&str>) = lines.iter().partition(|line| line.contains(' '));
    let odd: Vec<_> = withdrawn.iter().filter(|line| !line.ends_with(" withdrawn")).collect();
    assert_eq!(odd, Vec::<&&str>::new(), "behind an id stands nothing but `withdrawn`");
    let used_again: Vec<_> =
        withdrawn.iter().filter_map(|line| line.split(' ').next()).filter(|id| in_use.contains(id)).collect();
    assert_eq!(used_again, Vec::<&str>::new(), "a withdrawn id stays withdrawn");
    let unlisted: Vec<_> = in_use.difference(&known).collect();
    assert_eq!(unlisted, Vec::<&&str>::new(), "add these lines to features/ids.txt");
    let vanished: Vec<_> = known.difference(&in_use).collect();
    assert_eq!(vanished, Vec::<&&str>::new(), "write `withdrawn` behind these in features/ids.txt");
}

#[rstest]
#[case(Role::Server, &["EXT-", "RS-"])]
#[case(Role::Client, &["CL-"])]
#[case(Role::Authority, &["AS-", "BENCH-"])]
fn an_id_tells_whom_the_rule_binds(#[case] role: Role, #[case] beginnings: &[&str]) {
    let catalogue = catalogue();
    let of_role = catalogue.requirements().iter().filter(|requirement| requirement.role == role);
    let strange: Vec<_> = of_role
        .map(|requirement| requirement.id.as_str())
        .filter(|id| !beginnings.iter().any(|beginning| id.starts_with(beginning)))
        .collect();
    assert_eq!(strange, Vec::<&str>::new());
}

#[test]
fn a_rule_is_a_sentence_of_its_own() {
    let catalogue = catalogue();
    let mut titles = BTreeSet::new();
    for requirement in catalogue.requirements() {
        assert!(!requirement.title.ends_with('.') && requirement.title.len() > 15, "{}", requirement.id);
        assert!(titles.insert(&requirement.title), "{} says what another rule says", requirement.id);
    }
}

#[test]
fn every_rule_for_servers_says_why_it_is_there_and_how_to_fix_what_breaks_it() {
    let catalogue = catalogue();
    let is_prose = |text: &str| text.split_whitespace().count() > 5 && text.ends_with('.');
    let of_servers = || catalogue.requirements().iter().filter(|requirement| requirement.role == Role::Server);
    let wanting = |part: fn(&Requirement) -> &String| -> Vec<&str> {
        of_servers().filter(|rule| !is_prose(part(rule))).map(|rule| rule.id.as_str()).collect()
    };
    assert_eq!(wanting(|rule| &rule.why), Vec::<&str>::new(), "rules without a why");
    assert_eq!(wanting(|rule| &rule.fix), Vec::<&str>::new(), "rules without a paragraph that begins with `Fix:`");
}

#[test]
fn a_description_has_a_why_a_note_and_a_fix() {
    let described =
        "Error Handling\n\n    Or else.\n    And more.\n\n    Note: it is sent\n    once.\n\n    Fix: refuse it.\n";

    let catalogue = from(&RULE.replace("Error Handling\n", described)).unwrap();

    let rule = &catalogue.requirements()[0];
    assert_eq!(
        (rule.why.as_str(), rule.note.as_str(), rule.fix.as_str()),
        ("Or else. And more.", "it is sent once.", "refuse it.")
    );
}

#[test]
fn every_step_is_in_the_glossary() {
    let glossary = glossary();
    let missing: Vec<_> = step_texts(&catalogue()).into_iter().filter(|text| !glossary.has(text)).collect();
    assert_eq!(missing, Vec::<String>::new(), "add these to the tables of features/README.md");
}

/// Documents that have no stable address of their own.
const WITHOUT_ADDRESS: [&str; 2] = ["MCP extension ", "Amazon Cognito API"];

#[test]
fn every_source_with_an_address_has_a_link() {
    let catalogue = catalogue();
    let sources = catalogue.requirements().iter().flat_map(|requirement| &requirement.sources);
    let with_address = sources.filter(|source| !WITHOUT_ADDRESS.iter().any(|lead| source.starts_with(lead)));
    let unlinked: Vec<_> = with_address.filter(|source| link(source).is_none()).collect();
    assert_eq!(unlinked, Vec::<&String>::new());
}

/// Claims that are forged in every shape there is; the features pick from these pairs.
const CLAIMS: [&str; 10] = ["audience", "client_id", "exp", "iat", "iss", "jti", "nbf", "scope", "sub", "token_use"];

/// Forgeries that no feature uses, and why they are there.
const UNUSED: &[(&str, &str)] = &[
    ("a token bound to a key", "the steps about DPoP present it with its proofs"),
    ("a token bound to a key for another host", "the steps about DPoP present it with its proofs"),
    ("a token signed with the newly published key", "the steps about a change of keys present it themselves"),
    ("a token signed with the withdrawn key", "the steps about a change of keys present it themselves"),
];

#[test]
fn every_forgery_is_used_and_every_shape_of_a_claim() {
    let texts = step_texts(&catalogue());
    let ends_name = |rest: &str| rest.is_empty() || rest.starts_with([',', ' ', ';']);
    let uses = |text: &String, name: &str| text.match_indices(name).any(|(at, _)| ends_name(&text[at + name.len()..]));
    let used = |name: &str| texts.iter().any(|text| uses(text, name));
    let names: Vec<String> = named::all().map(|forgery| forgery.name.to_string()).collect();
    let shapes: BTreeSet<&str> = names.iter().filter(|name| used(name)).filter_map(|name| shape(name)).collect();
    let is_used = |name: &&String| used(name) || shape(name).is_some_and(|shape| shapes.contains(shape));
    let excused = |name: &&String| UNUSED.iter().any(|(unused, _)| unused == name);
    let unused: Vec<_> = names.iter().filter(|name| !is_used(name) && !excused(name)).collect();
    assert_eq!(unused, Vec::<&String>::new());
}

/// The shape that a forgery gives a claim, when that is what it does.
fn shape(name: &str) -> Option<&str> {
    let of_claim = |claim: &&str| match name.strip_prefix("a token whose ") {
        Some(rest) => rest.strip_prefix(*claim)?.strip_prefix(" is "),
        None => (name.strip_prefix("a token without ")? == *claim).then_some("absent"),
    };
    CLAIMS.iter().find_map(of_claim)
}

#[test]
fn every_token_and_every_operation_that_a_step_sends_has_a_name_that_is_known() {
    let mut looked_at = 0;
    for text in step_texts(&catalogue()) {
        let Some(rest) = text.strip_prefix("a client sends ") else { continue };
        let (operation, token) = match (rest.split_once(" with "), rest.strip_suffix(" without a token")) {
            (_, Some(operation)) => (operation, None),
            (Some((operation, token)), _) => (operation, Some(token)),
            _ => continue,
        };
        if operation.contains(',') {
            // Two stimuli in one sentence, whose step reads no names from it.
            continue;
        }
        let is_operation = operation == "tools/call" || operation.parse::<Operation>().is_ok();
        assert!(is_operation, "`{operation}` in `{text}` names no operation");
        // What follows a comma is said of the token and not its name.
        let token = token.map(|token| token.split(',').next().unwrap_or_default());
        let is_token = |name: &str| {
            let several = name.starts_with("50 tokens");
            several || name.parse::<TokenName>().is_ok()
        };
        assert!(token.is_none_or(is_token), "`{token:?}` in `{text}` names no token");
        looked_at += 1;
    }
    assert!(looked_at > 30, "{looked_at}");
}

/// A feature that the lint lets pass.
const RULE: &str = "\
Feature: Something

  @RS-SOME-01 @must:2025-03-26+
  Rule: A protected operation is refused

    - MCP 2026-07-28 authorization, Error Handling

    Scenario: Without a token
      When a client sends tools/list without a token
      Then the answer is 401
";

fn from(text: &str) -> Result<Catalogue, String> {
    let sources = BTreeMap::from([("server/some.feature".to_owned(), (Role::Server, text.to_owned()))]);
    Catalogue::from_sources(sources).map_err(|error| error.to_string())
}

#[test]
fn a_rule_with_a_source_and_a_scenario_is_let_pass() {
    assert_eq!(from(RULE).unwrap().requirements()[0].id.as_str(), "RS-SOME-01");
}

#[rstest]
#[case::misspelt_first_step("      When a client", "      Wen a client", "misspelt step keyword")]
#[case::misspelt_later_step("      Then the", "      Thn the", "not Gherkin")]
#[case::no_when("      When a client sends tools/list without a token\n", "", "without a When")]
#[case::no_then("      Then the answer is 401\n", "", "without a Then")]
#[case::no_source("    - MCP 2026-07-28 authorization, Error Handling\n", "", "names its sources")]
#[case::no_scenario(
    "    Scenario: Without a token\n      When a client sends tools/list without a token\n      Then the answer is 401\n",
    "",
    "never probed"
)]
#[case::outside_of_a_rule(
    "  @RS-SOME-01 @must:2025-03-26+\n  Rule: A protected operation is refused\n\n    - MCP 2026-07-28 authorization, Error Handling\n",
    "",
    "outside of every rule"
)]
#[case::background("    Scenario:", "    Background:\n      Given a stage\n\n    Scenario:", "background")]
#[case::background_of_all("  @RS", "  Background:\n    Given a stage\n\n  @RS", "background")]
#[case::unknown_tag("@must:2025-03-26+", "@must:2025-03-26+ @slow", "`@slow` means nothing")]
#[case::unknown_keyword("@must:", "@shall:", "`@shall:2025-03-26+` means nothing")]
#[case::unknown_revision("@must:2025-03-26+", "@must:2025-03-27+", "unknown revision `2025-03-27`")]
#[case::no_level(" @must:2025-03-26+", "", "no keyword")]
#[case::no_id("@RS-SOME-01 ", "", "exactly one id")]
#[case::two_ids("@RS-SOME-01", "@RS-SOME-01 @RS-SOME-02", "exactly one id")]
#[case::two_keywords("@must:2025-03-26+", "@must:2025-03-26+ @should:2025-11-25", "second keyword for 2025-11-25")]
#[case::unknown_tag_of_a_scenario(
    "    Scenario:",
    "    @only:2025-11-25\n    Scenario:",
    "`@only:2025-11-25` means nothing"
)]
#[case::tag_of_a_feature("Feature:", "@in:2025-11-25\nFeature:", "tags of a feature")]
#[case::outline_without_examples("    Scenario:", "    Scenario Outline:", "an outline has examples")]
#[case::examples_without_an_outline(
    "      Then the answer is 401\n",
    "      Then the answer is 401\n\n      Examples:\n        | a |\n        | b |\n",
    "an outline has examples"
)]
#[case::examples_without_a_row(
    "    Scenario: Without a token\n      When a client sends tools/list without a token\n      Then the answer is 401\n",
    "    Scenario Outline: Without\n      When a client sends <a> without a token\n      Then the answer is 401\n\n      Examples:\n        | a |\n",
    "without a row"
)]
#[case::placeholder_without_a_column(
    "    Scenario: Without a token\n      When a client sends tools/list without a token\n      Then the answer is 401\n",
    "    Scenario Outline: Without\n      When a client sends <b> without a token\n      Then the answer is 401\n\n      Examples:\n        | a |\n        | c |\n",
    "not Gherkin"
)]
fn what_would_pass_by_unnoticed_is_refused(#[case] sound: &str, #[case] unsound: &str, #[case] complaint: &str) {
    assert!(RULE.contains(sound), "the case says what it changes");

    let error = from(&RULE.replacen(sound, unsound, 1)).expect_err("the lint refuses it");

    assert!(error.contains(complaint), "{error}");
    assert!(error.contains("server/some.feature"), "{error}");
}

#[test]
fn an_id_that_stands_twice_is_refused_with_both_places() {
    let twice = format!("{RULE}{}", RULE.strip_prefix("Feature: Something\n").unwrap());
    assert_eq!(from(&twice).unwrap_err(), "RS-SOME-01 stands twice: server/some.feature:4 and server/some.feature:13");
}
