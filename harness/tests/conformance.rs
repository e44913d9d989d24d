//! The suite against the reference server, the reference client and the embedded emulator: a trial per requirement and
//! revision, all of which must be met or do not apply, as listed.
#![allow(clippy::expect_used, clippy::unwrap_used)]

#[path = "suite/support/mod.rs"]
mod support;

use harness::bench::Variation;
use harness::catalogue::{Catalogue, Revision};
use harness::findings::Verdict;
use harness::plan::{Decision, Plan, Selection};
use harness::run::{Outcome, RequirementResult};
use libtest_mimic::{Arguments, Failed, Trial};
use std::sync::{Arc, OnceLock};

const NO_DPOP: &str = "the reference server does not offer DPoP";
const NO_AUTHORITY: &str = "the reference server is no authorization server";
const NO_PAGES: &str = "no page of another origin is meant to call the reference server";
const NO_UPSTREAM: &str = "the reference server calls no upstream API and elicits nothing";
const NO_PROXY: &str = "the reference server is no proxy before a third party";

/// Requirements that do not apply to these subjects, with the reason. They are strict: one that does apply fails.
const NOT_APPLICABLE: &[(&str, &str)] = &[
    ("EXT-DPOP-06", NO_DPOP),
    ("EXT-DPOP-07", NO_DPOP),
    ("EXT-DPOP-08", NO_DPOP),
    ("EXT-DPOP-09", NO_DPOP),
    ("EXT-DPOP-10", NO_DPOP),
    ("EXT-DPOP-11", NO_DPOP),
    ("EXT-DPOP-12", NO_DPOP),
    ("RS-CHALLENGE-26", "the reference server does not offer the older transport"),
    ("RS-CHALLENGE-27", "the reference server lists no scopes that not every request needs"),
    ("RS-HTTP-09", NO_PAGES),
    ("RS-HTTP-10", NO_PAGES),
    ("RS-HTTP-11", NO_PAGES),
    ("RS-ISO-05", "the reference server hands out no handles"),
    ("RS-ISO-06", "the reference server hands out no handles"),
    ("RS-ISO-07", "the reference server hands out no handles"),
    ("RS-ISO-08", "the reference server asks for no further input"),
    ("RS-ISO-09", "the reference server asks for no further input"),
    ("RS-ISO-10", "the reference server has no tasks"),
    ("RS-ISO-22", "the reference server asks for no further input"),
    ("RS-ISO-25", "the reference server has no public operations"),
    ("RS-JWT-11", "access tokens of Cognito do not follow RFC 9068"),
    ("RS-JWT-13", "the reference server trusts one issuer"),
    ("RS-JWT-18", "access tokens of Cognito do not follow RFC 9068"),
    ("RS-JWT-21", "access tokens of Cognito do not follow RFC 9068"),
    ("RS-LEGACY-01", NO_AUTHORITY),
    ("RS-LEGACY-02", NO_AUTHORITY),
    ("RS-LEGACY-03", NO_AUTHORITY),
    ("RS-LEGACY-04", NO_AUTHORITY),
    ("RS-LEGACY-05", NO_AUTHORITY),
    ("RS-LEGACY-06", NO_AUTHORITY),
    ("RS-LEGACY-08", NO_AUTHORITY),
    ("RS-LEGACY-09", NO_AUTHORITY),
    ("RS-PASS-01", NO_UPSTREAM),
    ("RS-PASS-03", NO_UPSTREAM),
    ("RS-PASS-05", NO_UPSTREAM),
    ("RS-PASS-06", NO_UPSTREAM),
    ("RS-PASS-07", NO_UPSTREAM),
    ("RS-PASS-08", NO_UPSTREAM),
    ("RS-PASS-09", NO_UPSTREAM),
    ("RS-PROXY-01", NO_PROXY),
    ("RS-PROXY-02", NO_PROXY),
    ("RS-PROXY-03", NO_PROXY),
    ("RS-PROXY-04", NO_PROXY),
    ("RS-PROXY-05", NO_PROXY),
    ("RS-PROXY-06", NO_PROXY),
    ("RS-PROXY-07", NO_PROXY),
    ("RS-PROXY-08", NO_PROXY),
    ("RS-TOKEN-10", "the reference server validates tokens on its own"),
    ("RS-TOKEN-18", "the reference server validates tokens on its own"),
    ("RS-TOKEN-11", "the reference server is on this machine, where plain http is allowed"),
    ("RS-PRM-15", "the reference server publishes none of the members concerned"),
    ("RS-PRM-17", "Cognito publishes no protected_resources"),
    ("RS-PRM-19", "the reference server signs no metadata"),
    ("RS-SCOPE-03", "the reference server has no scopes that imply others"),
];

fn main() {
    let arguments = Arguments::from_args();
    let catalogue = Catalogue::embedded().expect("the feature files make a catalogue");
    let whole = plan(&catalogue, &Selection::default());
    let chosen: Vec<_> = names(&whole).into_iter().filter(|(name, ..)| is_chosen(&arguments, name)).collect();
    let selection = Selection {
        ids: chosen.iter().map(|(_, id, _)| id.clone()).collect(),
        revisions: Revision::ALL.into_iter().filter(|known| chosen.iter().any(|(.., one)| one == known)).collect(),
        ..Selection::default()
    };
    let outcome = Arc::new(OnceLock::new());
    let trials = names(&whole).into_iter().map(|(name, id, revision)| {
        let outcome: Arc<OnceLock<(Plan, Outcome)>> = Arc::clone(&outcome);
        let selection = selection.clone();
        Trial::test(name, move || {
            let perform = || support::perform(plan(&Catalogue::embedded().expect("a catalogue"), &selection));
            let (plan, outcome) = outcome.get_or_init(perform);
            let found = outcome
                .requirements
                .iter()
                .find(|result| result.id == id && plan.variations[result.variation].revision == revision);
            found.map_or_else(|| Err("it was not judged".into()), is_met)
        })
    });
    libtest_mimic::run(&arguments, trials.collect()).exit();
}

fn plan(catalogue: &Catalogue, selection: &Selection) -> Plan {
    Plan::new(catalogue, selection.revisions.iter().copied().map(Variation::honest).collect(), selection)
}

fn names(plan: &Plan) -> Vec<(String, harness::catalogue::RequirementId, Revision)> {
    let runs = plan.planned.iter().filter(|planned| matches!(planned.decision, Decision::Run { .. }));
    runs.map(|planned| {
        let revision = plan.variations[planned.variation].revision;
        (format!("{} is met at {revision}", planned.id), planned.id.clone(), revision)
    })
    .collect()
}

fn is_chosen(arguments: &Arguments, name: &str) -> bool {
    let matches = |filter: &String| if arguments.exact { name == filter } else { name.contains(filter.as_str()) };
    arguments.filter.as_ref().is_none_or(matches) && !arguments.skip.iter().any(matches)
}

fn is_met(result: &RequirementResult) -> Result<(), Failed> {
    let applies = !NOT_APPLICABLE.iter().any(|(id, _)| *id == result.id.as_str());
    if result.verdict == if applies { Verdict::Met } else { Verdict::NotApplicable } {
        return Ok(());
    }
    let findings =
        result.scenarios.iter().flat_map(|scenario| {
            scenario.findings.iter().filter(|finding| finding.verdict != Verdict::Met).map(|finding| {
                format!("{}\n  expected {}\n  seen     {}", scenario.name, finding.expected, finding.actual)
            })
        });
    Err(format!("{}\n{}", result.verdict, findings.collect::<Vec<_>>().join("\n")).into())
}
