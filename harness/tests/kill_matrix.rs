//! The kill matrix: every check is able to fail, and fails for its own reason only.
//!
//! A trial per mutant and revision: the requirements it kills are violated, the bystanders are what they are without
//! it, and it changed an exchange. And a trial per requirement and revision: some mutant kills it. And a trial per
//! subject: what one mutant breaks is told as one cause, under a rule that it is there to break.
//!
//! Each subject runs as it is first. A mutant of it then runs the scenarios in whose exchanges it would have changed
//! anything; in the others it cannot be told from the subject. `EVERY_SCENARIO=1` runs them all the same.
#![allow(clippy::expect_used, clippy::unwrap_used)]

#[path = "suite/second/mod.rs"]
mod second;
#[path = "suite/support/mod.rs"]
mod support;

use harness::bench::Variation;
use harness::catalogue::{Catalogue, RequirementId, Revision, Role};
use harness::findings::Verdict;
use harness::mutation::{Mutant, Subject};
use harness::plan::{Decision, Plan, Selection};
use harness::record::{CauseRecord, Redactor, RunFacts, RunRecord, Teardown};
use harness::rules::mutants;
use harness::run::{Outcome, RequirementResult};
use harness::wire::Trace;
use libtest_mimic::{Arguments, Failed, Trial};
use second::remote;
use second::setup::{Setup, declared};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

fn main() {
    let arguments = Arguments::from_args();
    let catalogue = Arc::new(Catalogue::embedded().expect("the feature files make a catalogue"));
    let mut trials = Vec::new();
    for subject in Subject::ALL {
        let run = Arc::new(OnceLock::new());
        for (index, variation) in variations(&catalogue, subject).iter().enumerate() {
            let Some(mutant) = variation.mutant else { continue };
            let (run, catalogue) = (Arc::clone(&run), Arc::clone(&catalogue));
            let name = format!("{}: {} at {}", mutant.role, mutant.name, variation.revision);
            let trial = Trial::test(name, move || {
                let run = run.get_or_init(|| Performed::on(subject, &catalogue));
                is_killed(run, &catalogue, index, mutant)
            });
            trials.push(trial.with_kind(subject.to_string()));
        }
        let (run, catalogue) = (Arc::clone(&run), Arc::clone(&catalogue));
        let told = move || each_is_one_cause(run.get_or_init(|| Performed::on(subject, &catalogue)), &catalogue);
        trials.push(Trial::test("each mutant is told as one cause", told).with_kind(subject.to_string()));
    }
    let all: Vec<_> = Subject::ALL.into_iter().flat_map(|subject| variations(&catalogue, subject)).collect();
    for (id, revision) in in_force(&catalogue) {
        let variations = all.clone();
        let name = format!("{id} can be violated at {revision}");
        trials.push(Trial::test(name, move || can_be_violated(&variations, &id, revision)));
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// The subject as it is at each revision, and then each mutant of it at each revision at which it could be noticed.
fn variations(catalogue: &Catalogue, subject: Subject) -> Vec<Variation> {
    let honest = Revision::ALL.into_iter().map(Variation::honest);
    let mutated = mutants().filter(|mutant| mutant.on == subject).flat_map(|mutant| {
        Revision::ALL
            .into_iter()
            .filter(|revision| can_be_noticed(catalogue, mutant, *revision))
            .map(|revision| Variation { revision, mutant: Some(mutant) })
    });
    honest.chain(mutated).collect()
}

fn can_be_noticed(catalogue: &Catalogue, mutant: &Mutant, revision: Revision) -> bool {
    let newest = Revision::ALL.into_iter().max() == Some(revision);
    let in_force = |id: &&str| catalogue.find(id).is_some_and(|known| known.keyword(revision).is_some());
    (mutant.revisions)(revision) && (mutant.role.speaks_mcp() || newest) && mutant.kills.iter().any(in_force)
}

fn in_force(catalogue: &Catalogue) -> Vec<(RequirementId, Revision)> {
    let plan = Plan::new(catalogue, Revision::ALL.into_iter().map(Variation::honest).collect(), &Selection::default());
    let runs = plan.planned.iter().filter(|planned| matches!(planned.decision, Decision::Run { .. }));
    runs.map(|planned| (planned.id.clone(), plan.variations[planned.variation].revision)).collect()
}

/// A subject as it is, and its mutants.
struct Performed {
    variations: Vec<Variation>,
    honest: Outcome,
    mutated: Outcome,
}

impl Performed {
    fn on(subject: Subject, catalogue: &Catalogue) -> Self {
        let everything = match subject {
            Subject::Reference => Selection::default(),
            Subject::Second | Subject::Remote => Selection { roles: vec![Role::Server], ..Selection::default() },
        };
        let honest = Revision::ALL.into_iter().map(Variation::honest).collect();
        let (_, honest) = perform(subject, Plan::new(catalogue, honest, &everything));
        let (variations, traces) = (variations(catalogue, subject), Traces::of(&honest));
        let opened: HashSet<_> = variations.iter().filter(|variation| opens(variation, &honest)).map(key).collect();
        let every_scenario = std::env::var_os("EVERY_SCENARIO").is_some();
        let plan = Plan::of(catalogue, variations, &everything, |variation, id, scenario| {
            let Some(mutant) = variation.mutant else { return false };
            every_scenario
                || opened.contains(&key(&variation))
                || traces.touched(mutant, variation.revision, id, scenario)
        });
        let (plan, mutated) = perform(subject, plan);
        Self { variations: plan.variations, honest, mutated }
    }
}

/// Whether the mutant would have changed how sessions are opened, which concerns every scenario.
fn opens(variation: &Variation, honest: &Outcome) -> bool {
    variation.mutant.is_some_and(|mutant| mutant.touches(&honest.openings[place(variation.revision)]))
}

/// A variation, as far as one can be told from another.
fn key(variation: &Variation) -> (Option<&'static str>, Revision) {
    (variation.mutant.map(|mutant| mutant.name), variation.revision)
}

/// What the subject as it is exchanged, by revision, requirement and scenario.
struct Traces<'a>(HashMap<(usize, &'a str, &'a str), Vec<&'a Trace>>);

impl<'a> Traces<'a> {
    fn of(honest: &'a Outcome) -> Self {
        let mut traces: HashMap<_, Vec<_>> = HashMap::new();
        for result in &honest.requirements {
            for scenario in &result.scenarios {
                let place = (result.variation, result.id.as_str(), scenario.name.as_str());
                traces.entry(place).or_default().push(&scenario.trace);
            }
        }
        Self(traces)
    }

    fn touched(&self, mutant: &'static Mutant, revision: Revision, id: &RequirementId, scenario: &str) -> bool {
        let traces = self.0.get(&(place(revision), id.as_str(), scenario));
        traces.into_iter().flatten().any(|trace| mutant.touches(trace))
    }
}

fn perform(subject: Subject, plan: Plan) -> (Plan, Outcome) {
    match subject {
        Subject::Reference => support::perform(plan),
        Subject::Second => second::raise::perform(Setup::WHOLE, declared(), plan),
        Subject::Remote => remote::perform(remote::Plain::Redirects, plan),
    }
}

/// The position of the subject as it is at `revision`.
fn place(revision: Revision) -> usize {
    Revision::ALL.into_iter().position(|one| one == revision).unwrap()
}

/// The verdict with the mutant: of the scenarios that ran with it, and of the others as they are without.
fn with_mutant(mutated: Option<&RequirementResult>, honest: Option<&RequirementResult>) -> Option<Verdict> {
    let (Some(mutated), Some(honest)) = (mutated, honest) else { return honest.map(|one| one.verdict) };
    let ran = |name: &str| mutated.scenarios.iter().any(|one| one.name == name);
    let others = honest.scenarios.iter().filter(|one| !ran(&one.name)).map(|one| one.verdict);
    Some(Verdict::worst(others.chain([mutated.verdict])))
}

fn found<'a>(outcome: &'a Outcome, variation: usize, id: &RequirementId) -> Option<&'a RequirementResult> {
    outcome.requirements.iter().find(|one| one.variation == variation && one.id == *id)
}

fn is_killed(performed: &Performed, catalogue: &Catalogue, index: usize, mutant: &Mutant) -> Result<(), Failed> {
    let revision = performed.variations[index].revision;
    let mut wrong = Vec::new();
    if performed.mutated.changes[index] == 0 {
        wrong.push("it changed no exchange".to_owned());
    }
    for requirement in catalogue.requirements().iter().filter(|one| one.role == mutant.role) {
        let honest = found(&performed.honest, place(revision), &requirement.id);
        let with = with_mutant(found(&performed.mutated, index, &requirement.id), honest);
        let without = honest.map(|one| one.verdict);
        let id = requirement.id.as_str();
        let in_force = requirement.keyword(revision).is_some();
        if mutant.kills.contains(&id) && in_force {
            if with != Some(Verdict::Violated) {
                wrong.push(format!("{id} is {}, and should be violated", shown(with)));
            }
        } else if with != without && !mutant.also.contains(&id) {
            wrong.push(format!("{id} is {} and was {} without the mutant", shown(with), shown(without)));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

/// Mutants with one edit that leave two things to be mended, or whose rules no relation can join without hiding a second
/// fault in other servers.
const SEVERAL: &[&str] = &[
    // A member may be empty beside another that is missing; which it is, the rules do not say of each other.
    "lists no scopes as an empty array",
    "names an empty list of authorization servers",
    // The harness does not register where it would be sent by plain http.
    "has an authorization endpoint by plain http",
    // RS-PROXY-04 says more of a cookie than for which client it is good.
    "takes consent to one client for consent to all",
];

fn each_is_one_cause(performed: &Performed, catalogue: &Catalogue) -> Result<(), Failed> {
    let mut wrong = Vec::new();
    for (index, variation) in performed.variations.iter().enumerate() {
        let Some(mutant) = variation.mutant else { continue };
        let causes = causes(performed, catalogue, index);
        let is_one = causes.len() <= 1 || SEVERAL.contains(&mutant.name);
        let leads = causes.first().is_none_or(|cause| mutant.kills.contains(&cause.leading.as_str()));
        if !(is_one && leads) {
            let ids =
                |cause: &CauseRecord| cause.breaks.iter().map(|rule| rule.id.to_string()).collect::<Vec<_>>().join(" ");
            let told: Vec<_> = causes.iter().map(ids).collect();
            wrong.push(format!("{} at {}: {}", mutant.name, variation.revision, told.join(" | ")));
        }
    }
    let advice =
        "a rule may say which other explains it, by @follows; a mutant that is no single fault stands in SEVERAL";
    if wrong.is_empty() { Ok(()) } else { Err(format!("{}\n{advice}", wrong.join("\n")).into()) }
}

/// The causes of what is violated with the mutant, the scenarios that it does not touch being as they are without it.
fn causes(performed: &Performed, catalogue: &Catalogue, index: usize) -> Vec<CauseRecord> {
    let revision = performed.variations[index].revision;
    let broken =
        performed.honest.requirements.iter().filter(|one| one.variation == place(revision)).filter_map(|honest| {
            let mutated = found(&performed.mutated, index, &honest.id)?;
            let ran = |name: &str| mutated.scenarios.iter().any(|one| one.name == name);
            let others = honest.scenarios.iter().filter(|one| !ran(&one.name));
            let scenarios = mutated.scenarios.iter().chain(others).cloned().collect();
            (mutated.verdict == Verdict::Violated).then(|| RequirementResult { scenarios, ..mutated.clone() })
        });
    let outcome = Outcome { requirements: broken.collect(), changes: Vec::new(), openings: Vec::new() };
    let (variations, redactor) = (&performed.variations, Redactor::default());
    RunRecord::new(catalogue, variations, &outcome, RunFacts::default(), Teardown::default(), &redactor).causes
}

fn shown(verdict: Option<Verdict>) -> String {
    verdict.map_or_else(|| "not judged".to_owned(), |verdict| verdict.to_string())
}

fn can_be_violated(variations: &[Variation], id: &RequirementId, revision: Revision) -> Result<(), Failed> {
    let killers = variations.iter().filter(|one| one.revision == revision).filter_map(|one| one.mutant);
    if killers.filter(|mutant| mutant.kills.contains(&id.as_str())).count() > 0 {
        return Ok(());
    }
    Err(format!("no mutant kills {id} at {revision}").into())
}
