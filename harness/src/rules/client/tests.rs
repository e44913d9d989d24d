//! The scenes, the assertions and the feature files know each other.
#![allow(clippy::unwrap_used)]
use super::*;
use crate::bench::client::scenes;
use crate::bench::client::{Sent, scene::Scene};
use crate::catalogue::{Catalogue, Role};
use crate::mutation::Act;
use crate::wire::Request;
use cucumber::gherkin::StepType;
use std::collections::BTreeSet;

/// What stands behind these words in the steps of this kind.
fn behind(kind: StepType, words: &str) -> BTreeSet<String> {
    let catalogue = Catalogue::embedded().unwrap();
    let of_clients = catalogue.features().filter(|(role, _)| *role == Role::Client);
    let scenarios = of_clients.flat_map(|(_, feature)| &feature.rules).flat_map(|rule| &rule.scenarios);
    let steps = scenarios.flat_map(|scenario| &scenario.steps).filter(|step| step.ty == kind);
    steps.map(|step| step.value.strip_prefix(words).unwrap_or(&step.value).to_owned()).collect()
}

#[test]
fn every_scene_is_met_and_every_scene_that_is_met_is_there() {
    let there: BTreeSet<_> = scenes::all().map(|scene| scene.name.to_owned()).collect();
    assert_eq!(behind(StepType::When, "the client meets "), there);
    assert_eq!(scenes::all().count(), there.len(), "two scenes have one name");
}

#[test]
fn every_assertion_is_made_and_every_assertion_that_is_made_is_there() {
    let there: BTreeSet<_> = assertions().map(|assertion| assertion.name.to_owned()).collect();
    assert_eq!(behind(StepType::Then, "the client "), there);
    assert_eq!(assertions().count(), there.len(), "two assertions have one name");
}

fn is_overlooked(scene: &'static Scene, index: usize) -> bool {
    let trap = &scene.traps[index];
    let sent = Sent { scene, to: trap.party, spot: trap.spot, turn: 0, path: String::new() };
    let request = Request::get(sent, "http://localhost/");
    mutants().flat_map(|mutant| mutant.acts).any(|act| matches!(act, Act::Overlook(when) if when(&request)))
}

#[test]
fn for_every_trap_there_is_a_client_that_does_not_notice_it() {
    let traps = scenes::all().flat_map(|scene| (0..scene.traps.len()).map(move |index| (scene, index)));
    let noticed = traps.filter(|(scene, index)| !is_overlooked(scene, *index));
    let noticed: Vec<_> = noticed.map(|(scene, index)| (scene.name, scene.traps[index].name)).collect();
    assert_eq!(noticed, Vec::<(&str, &str)>::new(), "no mutant overlooks these traps of these scenes");
}
