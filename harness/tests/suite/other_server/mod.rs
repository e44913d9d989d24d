//! Rules about what the reference server has not, on a server that has it and keeps them; and what is said of servers that
//! are set up in other ways. That the checks can fail, the kill matrix shows on the same server.

mod behind;
mod forms;
mod kept;
mod spoilt;
mod told;

use crate::second::raise::judged;
use crate::second::setup::Setup;
use harness::bench::Variation;
use harness::catalogue::Revision;
use harness::declared::Subject;
use harness::findings::Verdict;
use harness::run::RequirementResult;

fn findings(result: &RequirementResult) -> String {
    let all = result.scenarios.iter().flat_map(|scenario| scenario.findings.iter().map(move |one| (scenario, one)));
    let lines =
        all.map(|(scenario, one)| format!("{}: {} ({}; {})", scenario.name, one.verdict, one.expected, one.actual));
    lines.collect::<Vec<_>>().join("\n")
}

/// What comes of one requirement on the server as it is.
fn verdict(setup: Setup, subject: Subject, id: &str, revision: Revision) -> (Verdict, String) {
    verdict_with(setup, subject, id, Variation::honest(revision))
}

fn verdict_with(setup: Setup, subject: Subject, id: &str, variation: Variation) -> (Verdict, String) {
    let result = judged(setup, subject, &[id], variation).remove(0);
    (result.verdict, findings(&result))
}
