//! What runs, and why the rest does not: catalogue × variations × selection.
//!
//! All selection happens here. The runner gets exactly the scenarios that are to run, each feature once per variation
//! and tagged with its number, and is never given a filter of its own.
//!
//! Known to `run` and `cli`.

use crate::bench::Variation;
use crate::catalogue::{Catalogue, Keyword, RequirementId, Revision, Role, ScenarioTags, WAITS};
use cucumber::gherkin::{Feature, Rule, Scenario, StepType};
use std::collections::HashSet;

/// What of the catalogue is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// The roles that are judged.
    pub roles: Vec<Role>,
    /// The revisions they are judged at.
    pub revisions: Vec<Revision>,
    /// Only these requirements; empty means all.
    pub ids: Vec<RequirementId>,
}

impl Default for Selection {
    fn default() -> Self {
        Self { roles: Role::ALL.to_vec(), revisions: Revision::ALL.to_vec(), ids: Vec::new() }
    }
}

/// What becomes of a requirement at one revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It runs, by so many scenarios.
    Run {
        /// How strongly it binds.
        keyword: Keyword,
        /// How many scenarios probe it.
        scenarios: usize,
    },
    /// It does not apply, and why.
    NotApplicable(String),
}

/// A requirement at one variation.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The requirement.
    pub id: RequirementId,
    /// The position of the variation in [`Plan::variations`].
    pub variation: usize,
    /// What becomes of it.
    pub decision: Decision,
}

/// What a run is going to do.
pub struct Plan {
    /// The variations.
    pub variations: Vec<Variation>,
    /// Every selected requirement at every variation of its role.
    pub planned: Vec<Planned>,
    features: Vec<Feature>,
}

impl Plan {
    /// Plans `selection` of `catalogue` over `variations`.
    #[must_use]
    pub fn new(catalogue: &Catalogue, variations: Vec<Variation>, selection: &Selection) -> Self {
        Self::of(catalogue, variations, selection, |_, _, _| true)
    }

    /// The same without the scenarios that `keep` does not want: it is asked with the variation, the requirement and
    /// the scenario's name. A requirement that keeps none is not planned.
    #[must_use]
    pub fn of(
        catalogue: &Catalogue,
        variations: Vec<Variation>,
        selection: &Selection,
        keep: impl Fn(Variation, &RequirementId, &str) -> bool,
    ) -> Self {
        let mut plan = Self { variations, planned: Vec::new(), features: Vec::new() };
        for index in 0..plan.variations.len() {
            for (role, feature) in catalogue.features() {
                if selection.roles.contains(&role) && plan.concerns(index, role, selection) {
                    plan.add(index, feature, catalogue, selection, &keep);
                }
            }
        }
        plan
    }

    /// How many scenarios there are.
    #[must_use]
    pub fn scenarios(&self) -> usize {
        self.features.iter().flat_map(|feature| &feature.rules).map(|rule| rule.scenarios.len()).sum()
    }

    /// Takes what is planned for a role at a revision out of the plan, because it does not apply to the subject.
    pub fn withdraw(&mut self, role: Role, revision: Revision, catalogue: &Catalogue, reason: &str) {
        let of_role = |id: &RequirementId| catalogue.find(id.as_str()).is_some_and(|known| known.role == role);
        let variations = &self.variations;
        let at = |index: usize| variations.get(index).is_some_and(|variation| variation.revision == revision);
        for planned in self.planned.iter_mut().filter(|planned| at(planned.variation) && of_role(&planned.id)) {
            if matches!(planned.decision, Decision::Run { .. }) {
                planned.decision = Decision::NotApplicable(reason.to_owned());
            }
        }
        let runs: HashSet<_> = self.runs().collect();
        for feature in &mut self.features {
            let index = variation_of(feature).unwrap_or_default();
            feature.rules.retain(|rule| rule.tags.iter().any(|tag| runs.contains(&(index, tag.clone()))));
        }
        self.features.retain(|feature| !feature.rules.is_empty());
    }

    /// The variation and the id of everything that runs.
    fn runs(&self) -> impl Iterator<Item = (usize, String)> {
        let runs = self.planned.iter().filter(|planned| matches!(planned.decision, Decision::Run { .. }));
        runs.map(|planned| (planned.variation, planned.id.to_string()))
    }

    /// What is to run, in its order: first what waits for the subject, so that the rest passes the time.
    pub(crate) fn features(&self) -> Vec<Feature> {
        let part = |waiting: bool| {
            let parts = self.features.iter().map(move |feature| {
                let mut feature = feature.clone();
                feature.rules.retain(|rule| rule.tags.iter().any(|tag| tag == WAITS) == waiting);
                feature
            });
            parts.filter(|feature| !feature.rules.is_empty())
        };
        part(true).chain(part(false)).collect()
    }

    /// A role that does not speak MCP is probed once, at the newest revision asked for; a mutant concerns its own role.
    fn concerns(&self, index: usize, role: Role, selection: &Selection) -> bool {
        let Some(variation) = self.variations.get(index) else { return false };
        let newest = selection.revisions.iter().max() == Some(&variation.revision);
        (role.speaks_mcp() || newest) && variation.mutant.is_none_or(|mutant| mutant.role == role)
    }

    fn add(
        &mut self,
        index: usize,
        feature: &Feature,
        catalogue: &Catalogue,
        selection: &Selection,
        keep: &impl Fn(Variation, &RequirementId, &str) -> bool,
    ) {
        let Some(variation) = self.variations.get(index).copied() else { return };
        let revision = variation.revision;
        let mut rules = Vec::new();
        for rule in &feature.rules {
            let Some(requirement) =
                catalogue.requirements().iter().find(|known| rule.tags.iter().any(|tag| tag == known.id.as_str()))
            else {
                continue;
            };
            if !selection.ids.is_empty() && !selection.ids.contains(&requirement.id) {
                continue;
            }
            let probes: Vec<_> = rule.scenarios.iter().filter(|scenario| is_in_force(scenario, revision)).collect();
            let wanted = |scenario: &&&Scenario| keep(variation, &requirement.id, &scenario_name(scenario));
            let scenarios: Vec<_> = probes.iter().filter(wanted).copied().cloned().collect();
            if !probes.is_empty() && scenarios.is_empty() {
                continue;
            }
            let decision = match requirement.keyword(revision) {
                None => Decision::NotApplicable(format!("not in force at {revision}")),
                Some(keyword) => Decision::Run { keyword, scenarios: scenarios.len() },
            };
            if matches!(decision, Decision::Run { .. }) {
                rules.push(with_scenarios(rule, scenarios));
            }
            self.planned.push(Planned { id: requirement.id.clone(), variation: index, decision });
        }
        if !rules.is_empty() {
            let mut feature = with_rules(feature, rules);
            feature.tags.push(variation_tag(index));
            self.features.push(feature);
        }
    }
}

fn is_in_force(scenario: &Scenario, revision: Revision) -> bool {
    ScenarioTags::parse(&scenario.tags).is_ok_and(|tags| tags.span.contains(revision))
}

/// The rule with these scenarios in place of its own, which are many to be copied in vain.
fn with_scenarios(rule: &Rule, scenarios: Vec<Scenario>) -> Rule {
    Rule {
        keyword: rule.keyword.clone(),
        name: rule.name.clone(),
        description: rule.description.clone(),
        background: rule.background.clone(),
        scenarios,
        tags: rule.tags.clone(),
        span: rule.span,
        position: rule.position,
    }
}

/// The feature with these rules, and no scenarios beside them.
fn with_rules(feature: &Feature, rules: Vec<Rule>) -> Feature {
    Feature {
        keyword: feature.keyword.clone(),
        name: feature.name.clone(),
        description: feature.description.clone(),
        background: feature.background.clone(),
        scenarios: Vec::new(),
        rules,
        tags: feature.tags.clone(),
        span: feature.span,
        position: feature.position,
        path: feature.path.clone(),
    }
}

/// The name of a scenario. Those made from an outline share its name; what they do differs in their When.
pub(crate) fn scenario_name(scenario: &Scenario) -> String {
    let when = scenario.steps.iter().find(|step| step.ty == StepType::When).map(|step| step.value.as_str());
    match when {
        Some(when) if !scenario.examples.is_empty() => format!("{}: {when}", scenario.name),
        _ => scenario.name.clone(),
    }
}

fn variation_tag(index: usize) -> String {
    format!("variation:{index}")
}

/// The position of the variation that a feature was planned for.
pub(crate) fn variation_of(feature: &Feature) -> Option<usize> {
    feature.tags.iter().find_map(|tag| tag.strip_prefix("variation:")?.parse().ok())
}
