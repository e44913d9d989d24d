//! Runs a plan on a bench: the only caller of cucumber's runner.
//!
//! Verdicts are not cucumber's: a step knows only passed, skipped and failed. Each scenario's findings are collected
//! when it ends, and a requirement is what the worst of its scenarios is.
//!
//! Known to `record` and `cli`.

use crate::bench::{Bench, Stage};
use crate::catalogue::{Catalogue, Keyword, RequirementId};
use crate::findings::{Finding, Verdict};
use crate::plan::{Decision, Plan, Planned, scenario_name, variation_of};
use crate::wire::Trace;
use crate::world::World;
use cucumber::event::ScenarioFinished;
use cucumber::gherkin::{Feature, Rule, Scenario};
use cucumber::{World as _, cli, parser, runner, writer};
use futures::FutureExt as _;
use futures::stream;
use std::panic;
use std::path::Path;
use std::sync::{Arc, Mutex, Once, PoisonError};

/// A run swaps the panic hook of the process, so there is one at a time.
static ONE_AT_A_TIME: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// More would only queue up on the one thread that steps run on.
const CONCURRENT_SCENARIOS: usize = 16;

/// What one scenario came to.
#[derive(Clone, Debug)]
pub struct ScenarioResult {
    /// Its name, with the example that it was made from.
    pub name: String,
    /// The worst of its findings.
    pub verdict: Verdict,
    /// Its findings.
    pub findings: Vec<Finding>,
    /// What was exchanged.
    pub trace: Trace,
}

/// What a requirement came to at one variation.
#[derive(Clone, Debug)]
pub struct RequirementResult {
    /// The requirement.
    pub id: RequirementId,
    /// The position of the variation in the plan.
    pub variation: usize,
    /// The keyword in force; `None` where the requirement does not apply.
    pub keyword: Option<Keyword>,
    /// The verdict.
    pub verdict: Verdict,
    /// Why it is not applicable, or was not decided by scenarios.
    pub reason: Option<String>,
    /// The scenarios.
    pub scenarios: Vec<ScenarioResult>,
}

/// What a run came to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Every planned requirement.
    pub requirements: Vec<RequirementResult>,
    /// How often the mutant of each variation changed an exchange.
    pub changes: Vec<usize>,
    /// What was exchanged at each variation to open sessions, which no scenario shows.
    pub openings: Vec<Trace>,
}

struct Collected {
    variation: usize,
    /// Where it stands in its file.
    line: usize,
    rule_tags: Vec<String>,
    result: ScenarioResult,
}

/// Runs `plan` on `bench`; `progress` is called once for each scenario that ended.
///
/// Must be polled on the thread that it was made on, as cucumber's own future.
pub async fn run(plan: &Plan, bench: &Bench, progress: impl Fn() + Send + Sync + 'static) -> Outcome {
    let _turn = ONE_AT_A_TIME.lock().await;
    let stages: Arc<Vec<_>> =
        Arc::new(plan.variations.iter().map(|variation| Arc::new(Stage::new(bench, *variation))).collect());
    let collected = Arc::new(Mutex::new(Vec::new()));
    perform(plan, Arc::clone(&stages), Arc::clone(&collected), Arc::new(progress)).await;
    let mut collected = std::mem::take(&mut *collected.lock().unwrap_or_else(PoisonError::into_inner));
    // They end in another order each time, and a record of the same is to be the same.
    collected.sort_by_key(|one| one.line);
    let requirements = plan.planned.iter().map(|planned| result(planned, &collected)).collect();
    let mut openings = Vec::new();
    for stage in stages.iter() {
        openings.push(match &stage.server {
            Some(server) => server.opening().await,
            None => Trace::default(),
        });
    }
    Outcome { requirements, changes: stages.iter().map(|stage| stage.changes()).collect(), openings }
}

async fn perform(
    plan: &Plan,
    stages: Arc<Vec<Arc<Stage>>>,
    collected: Arc<Mutex<Vec<Collected>>>,
    progress: Arc<dyn Fn() + Send + Sync>,
) {
    let begun = Once::new();
    let runner = runner::Basic::default()
        .max_concurrent_scenarios(CONCURRENT_SCENARIOS)
        .steps(World::collection())
        .before(move |feature: &Feature, _: Option<&Rule>, _: &Scenario, world: &mut World| {
            begun.call_once(silence_this_thread_only);
            let stage = variation_of(feature).and_then(|index| stages.get(index)).cloned();
            async move {
                if let Some(stage) = stage {
                    world.enter(stage);
                }
            }
            .boxed_local()
        })
        .after(
            move |feature: &Feature,
                  rule: Option<&Rule>,
                  scenario: &Scenario,
                  ended: &ScenarioFinished,
                  world: Option<&mut World>| {
                let variation = variation_of(feature).unwrap_or_default();
                let rule_tags = rule.map(|rule| rule.tags.clone()).unwrap_or_default();
                let result = scenario_result(scenario, ended, world);
                let mut collected = collected.lock().unwrap_or_else(PoisonError::into_inner);
                collected.push(Collected { variation, line: scenario.position.line, rule_tags, result });
                progress();
                async {}.boxed_local()
            },
        );
    cucumber::Cucumber::<World, _, _, _, _>::custom(AsPlanned, runner, Silent)
        .with_default_cli()
        .run(plan.features())
        .await;
}

/// For as long as cucumber runs, it silences the panics of all threads. Only those of steps become findings; of what
/// panics on another thread, nobody would hear.
fn silence_this_thread_only() {
    let own = std::thread::current().id();
    // The first is cucumber's, which puts back at the end what it has found; behind it comes that of the standard library.
    drop(panic::take_hook());
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if std::thread::current().id() != own {
            usual(panic);
        }
    }));
}

/// The steps of the catalogue that match no function or several, with their places; none, or a run cannot be trusted.
#[must_use]
pub fn unmatched_steps(catalogue: &Catalogue) -> Vec<String> {
    let collection = World::collection();
    let rules = catalogue.features().flat_map(|(_, feature)| feature.rules.iter().map(move |rule| (feature, rule)));
    let mut unmatched = Vec::new();
    for (feature, rule) in rules {
        for step in rule.scenarios.iter().flat_map(|scenario| &scenario.steps) {
            let matches = match collection.find(step) {
                Ok(Some(_)) => continue,
                Ok(None) => "no function".to_owned(),
                Err(ambiguous) => format!("{} functions", ambiguous.possible_matches.len()),
            };
            let file = feature.path.as_deref().unwrap_or_else(|| Path::new("?")).display();
            unmatched
                .push(format!("{file}:{}: `{}{}` matches {matches}", step.position.line, step.keyword, step.value));
        }
    }
    unmatched
}

/// Hands the planned features to cucumber as they are.
struct AsPlanned;

impl cucumber::Parser<Vec<Feature>> for AsPlanned {
    type Cli = cli::Empty;
    type Output = stream::Iter<std::vec::IntoIter<parser::Result<Feature>>>;

    fn parse(self, features: Vec<Feature>, _: Self::Cli) -> Self::Output {
        stream::iter(features.into_iter().map(Ok).collect::<Vec<_>>())
    }
}

/// Reports are made from the record of the run, so cucumber's own events are not needed.
struct Silent;

impl cucumber::Writer<World> for Silent {
    type Cli = cli::Empty;

    async fn handle_event(
        &mut self,
        _: parser::Result<cucumber::Event<cucumber::event::Cucumber<World>>>,
        _: &cli::Empty,
    ) {
    }
}

impl writer::Normalized for Silent {}

fn scenario_result(scenario: &Scenario, ended: &ScenarioFinished, world: Option<&mut World>) -> ScenarioResult {
    let (mut findings, trace) =
        world.map(|world| (world.take_findings(), std::mem::take(&mut world.trace))).unwrap_or_default();
    let trouble = match ended {
        ScenarioFinished::StepPassed => None,
        ScenarioFinished::StepSkipped => Some("a step matches no function".to_owned()),
        ScenarioFinished::BeforeHookFailed(_) => Some("the scenario could not be set on its stage".to_owned()),
        ScenarioFinished::StepFailed(_, _, error) => stopped_without_finding(&findings).then(|| error.to_string()),
    };
    findings.extend(trouble.map(|trouble| Finding::harness_error("a scenario that runs to its end", trouble)));
    let verdict = Verdict::worst(findings.iter().map(|finding| finding.verdict));
    ScenarioResult { name: scenario_name(scenario), verdict, findings, trace }
}

fn stopped_without_finding(findings: &[Finding]) -> bool {
    !findings.iter().any(|finding| !matches!(finding.verdict, Verdict::Met | Verdict::Violated))
}

fn result(planned: &Planned, collected: &[Collected]) -> RequirementResult {
    let (keyword, expected) = match &planned.decision {
        Decision::Run { keyword, scenarios } => (*keyword, *scenarios),
        Decision::NotApplicable(reason) => {
            return RequirementResult {
                id: planned.id.clone(),
                variation: planned.variation,
                keyword: None,
                verdict: Verdict::NotApplicable,
                reason: Some(reason.clone()),
                scenarios: Vec::new(),
            };
        }
    };
    let scenarios: Vec<_> = collected
        .iter()
        .filter(|one| one.variation == planned.variation && one.rule_tags.iter().any(|tag| tag == planned.id.as_str()))
        .map(|one| one.result.clone())
        .collect();
    let complete = scenarios.len() == expected && expected > 0;
    let verdict = Verdict::worst(scenarios.iter().map(|scenario| scenario.verdict));
    RequirementResult {
        id: planned.id.clone(),
        variation: planned.variation,
        keyword: Some(keyword),
        verdict: if complete { verdict } else { Verdict::HarnessError },
        reason: (!complete).then(|| format!("{} of {expected} scenarios ran", scenarios.len())),
        scenarios,
    }
}
