//! What a scenario knows: the stage it plays on, what was exchanged, and what its assertions came to.
//!
//! One of the three places that know cucumber. A step that cannot do its work records a finding and stops the scenario;
//! a step that fails without a finding is the harness's own failure.
//!
//! Known to `rules` and `run`.

use crate::bench::{AuthorityStage, ClientStage, ServerStage, Stage};
use crate::declared::Missing;
use crate::findings::{Finding, availability};
use crate::tokens::Cannot;
use crate::wire::{Exchange, Trace};
use http::Extensions;
use std::fmt;
use std::sync::Arc;

/// The state of one scenario.
#[derive(Default, cucumber::World)]
pub(crate) struct World {
    stage: Option<Arc<Stage>>,
    /// Everything exchanged in the scenario.
    pub(crate) trace: Trace,
    /// What the last stimulus was answered, which is what a Then looks at.
    pub(crate) answers: Vec<Exchange>,
    /// Why there is no positive control, where the scenario went on without one.
    pub(crate) uncontrolled: Option<Cannot>,
    /// What Given and When leave for a Then, a value of a type each.
    evidence: Extensions,
    /// What the assertions came to.
    pub(crate) findings: Vec<Finding>,
}

/// The scenario stops here; the reason is in its findings.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("stopped; see the findings")]
pub(crate) struct Stopped;

pub(crate) type StepResult = Result<(), Stopped>;

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "World with {} exchanges and {} findings", self.trace.len(), self.findings.len())
    }
}

impl World {
    /// Sets the scenario on a stage.
    pub(crate) fn enter(&mut self, stage: Arc<Stage>) {
        self.stage = Some(stage);
    }

    /// The stage.
    pub(crate) fn stage(&mut self) -> Result<Arc<Stage>, Stopped> {
        match &self.stage {
            Some(stage) => Ok(Arc::clone(stage)),
            None => Err(self.fail("a stage", "the scenario was never set on one")),
        }
    }

    /// Records an exchange and returns it with its number.
    pub(crate) fn note(&mut self, exchange: Exchange) -> Exchange {
        let number = self.trace.push(exchange.clone());
        Exchange { number, ..exchange }
    }

    /// Records an exchange as the answer that the following Then looks at.
    pub(crate) fn answer(&mut self, exchange: Exchange) {
        let exchange = self.note(exchange);
        self.answers.push(exchange);
    }

    /// Leaves something for a later step, in place of what was left of this type before.
    pub(crate) fn leave<T: Clone + Send + Sync + 'static>(&mut self, evidence: T) {
        self.evidence.insert(evidence);
    }

    /// What an earlier step has left. A step that finds nothing of the type was written behind the wrong one, which is
    /// the harness's own fault: nothing is met because no step left anything.
    pub(crate) fn evidence<T: Clone + Send + Sync + 'static>(&mut self) -> Result<T, Stopped> {
        match self.evidence.get::<T>() {
            Some(evidence) => Ok(evidence.clone()),
            None => Err(self.fail(&format!("a step that leaves {}", std::any::type_name::<T>()), "none did")),
        }
    }

    /// A new stimulus: what was answered before is no longer looked at.
    pub(crate) fn stimulate(&mut self) {
        self.answers.clear();
    }

    /// Stops the scenario because something it stands on cannot be had.
    pub(crate) fn stop(&mut self, expected: &str, reason: impl fmt::Display) -> Stopped {
        let reason = reason.to_string();
        self.stop_for_want_of(&reason.clone(), expected, reason)
    }

    fn stop_for_want_of(&mut self, lack: &str, expected: &str, reason: String) -> Stopped {
        let evidence = self.answers.iter().map(|exchange| exchange.number).collect();
        self.findings.push(Finding::inconclusive(expected, reason, evidence).for_want_of(lack));
        Stopped
    }

    /// What the assertions came to, for what they are worth where requests were put off, and without a positive control
    /// if there is none.
    pub(crate) fn take_findings(&mut self) -> Vec<Finding> {
        let findings = std::mem::take(&mut self.findings).into_iter();
        let findings = findings.map(|finding| availability::weighed(finding, &self.trace));
        match self.uncontrolled.take() {
            Some(cannot) => {
                let (shown, lack) = (cannot.to_string(), cannot.reason());
                findings.map(|finding| finding.without_control(&shown, &lack)).collect()
            }
            None => findings.collect(),
        }
    }

    /// Stops the scenario because the subject has nothing to which the rule applies.
    pub(crate) fn pass_by(&mut self, expected: &str, reason: impl fmt::Display) -> Stopped {
        let evidence = self.answers.iter().map(|exchange| exchange.number).collect();
        self.findings.push(Finding::not_applicable(expected, reason.to_string(), evidence));
        Stopped
    }

    /// Stops the scenario because the subject lacks something, or because nobody has said what it has.
    pub(crate) fn do_without(&mut self, expected: &str, missing: &Missing) -> Stopped {
        match missing {
            Missing::Absent(_) => self.pass_by(expected, missing),
            Missing::Undeclared(_) => self.stop(expected, missing),
        }
    }

    /// Stops the scenario because a token cannot be had.
    pub(crate) fn lack(&mut self, expected: &str, cannot: &Cannot) -> Stopped {
        match cannot {
            Cannot::Issue { .. } => self.stop_for_want_of(&cannot.reason(), expected, cannot.to_string()),
            Cannot::Inapplicable { .. } => self.pass_by(expected, cannot),
        }
    }

    /// Stops the scenario because the harness is at fault.
    pub(crate) fn fail(&mut self, expected: &str, reason: impl fmt::Display) -> Stopped {
        self.findings.push(Finding::harness_error(expected, reason.to_string()));
        Stopped
    }

    /// Judges each answer of the last stimulus.
    pub(crate) fn judge(&mut self, judge: impl Fn(&Exchange) -> Finding) -> StepResult {
        self.unless_unanswered()?;
        self.findings.extend(self.answers.iter().map(judge));
        Ok(())
    }

    /// Judges the answers of the last stimulus as a whole.
    pub(crate) fn judge_together(&mut self, judge: impl FnOnce(&[Exchange]) -> Finding) -> StepResult {
        self.unless_unanswered()?;
        self.findings.push(judge(&self.answers));
        Ok(())
    }

    /// Nothing is met because nothing was sent.
    fn unless_unanswered(&mut self) -> StepResult {
        if self.answers.is_empty() { Err(self.fail("an answer to judge", "nothing was sent")) } else { Ok(()) }
    }
}

/// The bench of one role, or the reason why a scenario cannot go on without it.
macro_rules! on_stage {
    ($name:ident, $stage:ident, $what:literal) => {
        pub(crate) fn $name(stage: &Stage) -> Result<&$stage, &'static str> {
            stage.$name.as_ref().ok_or(concat!("no ", $what, " is under judgement in this run"))
        }
    };
}

on_stage!(server, ServerStage, "MCP server");
on_stage!(client, ClientStage, "MCP client");
on_stage!(authority, AuthorityStage, "authorization server");
