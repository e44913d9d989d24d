//! `harness` and `harness run`: judging the reference server, the reference client and a Cognito, which is the embedded
//! emulator or, with `--live`, a throwaway user pool at Amazon.

use super::args::{AccountArgs, LoginMethodArgs, SelectionArgs};
use super::pipeline::{Asked, Began, Judged, Judging, Stopped, judge, watched};
use super::stop::Stop;
use super::terminal::{Colour, bar, say};
use crate::bench::Variation;
use crate::catalogue::Catalogue;
use crate::exit::Exit;
use crate::plan::Plan;
use crate::record::{Redactor, RunFacts, Teardown};
use crate::setup::{Ground, GroundSettings, Place, Raised, SetupError};
use clap::Args;
use std::path::PathBuf;

#[derive(Clone, Debug, Args)]
pub(super) struct RunArgs {
    /// Run against Amazon Cognito: a throwaway user pool is provisioned, judged with, and removed
    #[arg(long)]
    live: bool,
    #[command(flatten)]
    account: AccountArgs,
    #[command(flatten)]
    selection: SelectionArgs,
    /// Fail on a violated SHOULD too
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    login: LoginMethodArgs,
    /// Show every requirement with its evidence, also what is met and what does not apply
    #[arg(long)]
    all: bool,
    /// The folder for reports, screenshots and journals
    #[arg(long, value_name = "DIR", default_value = "harness-out")]
    out: PathBuf,
    /// Colour: auto, always or never
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    color: Colour,
}

impl RunArgs {
    fn place(&self) -> Result<Place, String> {
        match (self.live, self.account.is_empty()) {
            (true, _) => Ok(Place::Account(self.account.settings())),
            (false, true) => Ok(Place::Emulator),
            (false, false) => Err("--region, --profile and --endpoint-url go with --live".to_owned()),
        }
    }

    fn plan(&self, catalogue: &Catalogue) -> Result<Plan, String> {
        let selection = self.selection.selection(catalogue)?;
        let variations = selection.revisions.iter().copied().map(Variation::honest).collect();
        let plan = Plan::new(catalogue, variations, &selection);
        if plan.scenarios() == 0 {
            return Err("nothing is selected: no requirement is in force for these roles and revisions".to_owned());
        }
        Ok(plan)
    }
}

/// Judges the reference subjects as `args` say.
pub(super) async fn run(catalogue: &Catalogue, args: &RunArgs) -> Result<Exit, Stop> {
    let began = Began::now();
    let plan = args.plan(catalogue).map_err(Stop::usage)?;
    let settings = GroundSettings {
        place: args.place().map_err(Stop::usage)?,
        login_method: args.login.choice().map_err(Stop::usage)?,
        out: args.out.clone(),
    };
    let ground = Ground::prepare(settings).await.map_err(|error| stop(&error))?;
    if let Some(note) = ground.login_note() {
        say(note);
    }
    let asked = Asked {
        catalogue,
        began,
        out: &args.out,
        colour: args.color,
        all: args.all,
        strict: args.strict,
        baseline: None,
    };
    judge(ReferenceSubjects { ground, plan, args }, &asked).await
}

/// The reference subjects, around one user pool.
struct ReferenceSubjects<'a> {
    ground: Ground,
    plan: Plan,
    args: &'a RunArgs,
}

impl ReferenceSubjects<'_> {
    fn facts(&self, raised: &Raised) -> RunFacts {
        let screenshot = &raised.screenshot;
        RunFacts {
            id: self.ground.run_id().to_owned(),
            subjects: raised.subjects.clone(),
            authority: raised.authority.clone(),
            login: self.ground.login_method().to_string(),
            folder: Some(self.args.out.display().to_string()),
            screenshot: screenshot.exists().then(|| screenshot.display().to_string()),
            notes: self.ground.login_note().map(str::to_owned).into_iter().collect(),
            ..RunFacts::default()
        }
    }
}

impl Judging for ReferenceSubjects<'_> {
    type Raised = Raised;

    async fn judge(&self) -> Result<Judged<Raised>, Stop> {
        if self.args.live {
            say("This run will create, and remove again:");
            self.ground.announcement().iter().for_each(|line| say(&format!("  {line}")));
        }
        let bar = bar(self.plan.scenarios());
        let raised = self.ground.raise().await.map_err(|error| stop(&error))?;
        let outcome = watched(&self.plan, &raised.bench, &bar).await;
        let facts = self.facts(&raised);
        Ok(Judged { raised, variations: self.plan.variations.clone(), outcome, facts, notes: Vec::new() })
    }

    async fn tear_down(self) -> Teardown {
        self.ground.dismantle().await
    }

    async fn stop(raised: Raised) -> Stopped {
        let redactor = Redactor::new(raised.secrets.clone());
        raised.stop().await;
        Stopped { redactor, notes: Vec::new(), held: None }
    }

    fn interrupted(teardown: &Teardown) -> String {
        match teardown.gone.as_slice() {
            [] => "nothing had been created".to_owned(),
            gone => format!("torn down: {}", gone.join(", ")),
        }
    }
}

fn stop(error: &SetupError) -> Stop {
    Stop::of(error.is_usage(), error)
}
