//! What Gherkin lets through and a specification must not: typos that turn steps into prose, scenarios that assert
//! nothing, rules without a source.

use cucumber::gherkin::{Feature, Rule, Scenario, StepType};

/// Everything wrong with a feature, each with its line.
pub(super) fn complaints(feature: &Feature) -> Vec<String> {
    let mut found = Vec::new();
    if !feature.tags.is_empty() {
        found.push(at(feature.position.line, "tags of a feature say nothing; a rule carries them"));
    }
    if feature.background.is_some() {
        found.push(at(feature.position.line, BACKGROUND));
    }
    for scenario in &feature.scenarios {
        found.push(at(scenario.position.line, "a scenario outside of every rule belongs to no requirement"));
    }
    for rule in &feature.rules {
        found.extend(rule_complaints(rule));
    }
    found
}

const BACKGROUND: &str = "a background hides what a scenario stands on; write the Given out";

fn rule_complaints(rule: &Rule) -> Vec<String> {
    let line = rule.position.line;
    let mut found = Vec::new();
    if rule.scenarios.is_empty() {
        found.push(at(line, "a rule without a scenario is never probed"));
    }
    if !rule.description.iter().flat_map(|text| text.lines()).any(|line| line.trim_start().starts_with("- ")) {
        found.push(at(line, "a rule names its sources in its description, one `- ` line each"));
    }
    if rule.background.is_some() {
        found.push(at(line, BACKGROUND));
    }
    found.extend(rule.scenarios.iter().flat_map(scenario_complaints));
    found
}

fn scenario_complaints(scenario: &Scenario) -> Vec<String> {
    let line = scenario.position.line;
    let mut found = Vec::new();
    if scenario.description.is_some() {
        found.push(at(line, "text before the first step: a misspelt step keyword reads as prose"));
    }
    for (kind, name) in [(StepType::When, "When"), (StepType::Then, "Then")] {
        if !scenario.steps.iter().any(|step| step.ty == kind) {
            found.push(at(line, &format!("a scenario without a {name} proves nothing")));
        }
    }
    if scenario.keyword.ends_with("Outline") == scenario.examples.is_empty() {
        found.push(at(line, "an outline has examples and a scenario has none"));
    }
    for examples in &scenario.examples {
        // The first row is the header.
        if examples.table.as_ref().is_none_or(|table| table.rows.len() < 2) {
            found.push(at(examples.position.line, "examples without a row are never probed"));
        }
    }
    found
}

fn at(line: usize, complaint: &str) -> String {
    format!("line {line}: {complaint}")
}
