//! The second subject keeps the rules about what it has, at every revision, and breaks none of the others.

use crate::findings;
use crate::second::remote::Plain;
use crate::second::{self, Setup, declared};
use harness::bench::Variation;
use harness::catalogue::{Catalogue, RequirementId, Revision, Role};
use harness::findings::Verdict;
use harness::mutation::Subject;
use harness::plan::{Plan, Selection};
use harness::rules::mutants;
use harness::run::RequirementResult;
use rstest::rstest;

/// The rules whose checks are shown to fail on this subject.
fn probed_on(subject: Subject) -> Vec<&'static str> {
    let on_it = mutants().filter(|mutant| mutant.on == subject);
    let mut ids: Vec<_> = on_it.flat_map(|mutant| mutant.kills).copied().collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

#[test]
fn the_second_subject_keeps_the_rules_that_are_probed_on_it_and_breaks_no_other() {
    let catalogue = Catalogue::embedded().unwrap();
    let selection = Selection { roles: vec![Role::Server], ..Selection::default() };
    let variations = Revision::ALL.into_iter().map(Variation::honest).collect();
    let (plan, outcome) = second::perform(Setup::WHOLE, declared(), Plan::new(&catalogue, variations, &selection));

    let probed = probed_on(Subject::Second);
    let wrong: Vec<_> = outcome
        .requirements
        .iter()
        .filter(|result| match result.verdict {
            Verdict::Violated | Verdict::HarnessError => true,
            Verdict::Met => false,
            _ => result.keyword.is_some() && probed.contains(&result.id.as_str()),
        })
        .map(|result| shown(result, plan.variations[result.variation].revision))
        .collect();
    if std::env::var_os("SHOW").is_some() {
        for r in &outcome.requirements {
            if r.keyword.is_some() {
                println!("{} {} {}", r.id, plan.variations[r.variation].revision, r.verdict);
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn shown(result: &RequirementResult, revision: Revision) -> String {
    format!("{} at {revision}: {}\n{}", result.id, result.verdict, findings(result))
}

#[rstest]
#[case(Plain::HangsUp)]
#[case(Plain::Redirects)]
fn a_server_elsewhere_may_hang_up_on_plain_http_or_redirect(#[case] plain: Plain) {
    let catalogue = Catalogue::embedded().unwrap();
    let revision = Revision::V2026_07_28;
    let ids = vec![RequirementId::parse("RS-TOKEN-11").unwrap()];
    let selection = Selection { revisions: vec![revision], ids, ..Selection::default() };
    let plan = Plan::new(&catalogue, vec![Variation::honest(revision)], &selection);

    let (_, outcome) = second::remote::perform(plain, plan);

    let result = &outcome.requirements[0];
    assert_eq!(result.verdict, Verdict::Met, "{}", findings(result));
}
