//! The second subject keeps every rule that applies to it, at every revision.

use super::findings;
use crate::second::raise::perform;
use crate::second::remote::{self, Plain};
use crate::second::setup::{Setup, declared};
use harness::bench::Variation;
use harness::catalogue::{Catalogue, RequirementId, Revision, Role};
use harness::findings::Verdict;
use harness::mutation::Subject;
use harness::plan::{Plan, Selection};
use harness::rules::mutants;
use harness::run::RequirementResult;
use rstest::rstest;
use std::collections::BTreeSet;

/// What its operator does not tell of it, so that there is a server of which something is not told.
const UNTOLD: [&str; 4] = ["RS-ISO-11", "RS-ISO-12", "RS-ISO-14", "RS-ISO-15"];

#[test]
fn the_second_subject_keeps_every_rule_that_applies_to_it() {
    let catalogue = Catalogue::embedded().unwrap();
    let selection = Selection { roles: vec![Role::Server], ..Selection::default() };
    let variations = Revision::ALL.into_iter().map(Variation::honest).collect();
    let (plan, outcome) = perform(Setup::WHOLE, declared(), Plan::new(&catalogue, variations, &selection));

    let probed_here: BTreeSet<_> =
        mutants().filter(|mutant| mutant.on == Subject::Second).flat_map(|mutant| mutant.kills).copied().collect();
    let is_kept = |result: &RequirementResult| match result.verdict {
        Verdict::Met => true,
        Verdict::NotApplicable => result.keyword.is_none() || !probed_here.contains(result.id.as_str()),
        _ => UNTOLD.contains(&result.id.as_str()),
    };
    let shown = |result: &RequirementResult| {
        let revision = plan.variations[result.variation].revision;
        format!("{} at {revision}: {}\n{}", result.id, result.verdict, findings(result))
    };
    let wrong: Vec<_> = outcome.requirements.iter().filter(|result| !is_kept(result)).map(shown).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
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

    let (_, outcome) = remote::perform(plain, plan);

    let result = &outcome.requirements[0];
    assert_eq!(result.verdict, Verdict::Met, "{}", findings(result));
}
