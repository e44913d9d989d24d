//! What a run against a server is going to do to it, told before anything is sent: how many requests, how fast, to whom,
//! and what they leave behind. Pure.

use crate::declared::Subject;
use crate::plan::{Decision, Plan};
use crate::setup::subject::{SubjectSettings, Target, TokenSource};
use crate::wire::Patience;
use std::fmt::Write as _;

/// The most requests that a scenario takes on the average, of a server of which everything is declared.
const REQUESTS_EACH_SCENARIO: usize = 2;
/// The most that come before the scenarios of a revision, and between them: to look at the server, to open sessions.
const REQUESTS_BESIDE: usize = 50;
/// The most requests that one scenario has under way at a time, and the scenarios that run at a time.
const AT_A_TIME: usize = 16;

/// What is told.
pub(super) fn forecast(plan: &Plan, settings: &SubjectSettings, gentle: bool) -> String {
    let mut text = String::from("Nothing was sent. A run with these options\n\n");
    let mut line = |lead: &str, words: &str| {
        // Writing to a string does not fail.
        let _ = writeln!(text, "  {lead:<9} {words}");
    };
    let mut total = 0;
    for (index, variation) in plan.variations.iter().enumerate() {
        let requests = REQUESTS_BESIDE + scenarios(plan, index) * REQUESTS_EACH_SCENARIO;
        total += requests;
        line(
            if index == 0 { "sends" } else { "" },
            &format!("at most about {requests} requests at {}", variation.revision),
        );
    }
    line("at a rate", &rate(&settings.limits.patience, total, gentle));
    for (index, host) in hosts(settings).iter().enumerate() {
        line(if index == 0 { "to" } else { "" }, host);
    }
    let written = written(&settings.subject);
    for (index, effect) in written.iter().enumerate() {
        line(if index == 0 { "writes" } else { "" }, effect);
    }
    if written.is_empty() {
        line(
            "writes",
            "nothing that is declared; a tool that needs no arguments and does not call itself destructive is called",
        );
    }
    line("leaves", "sessions, of which those are ended that a rule opened for itself; many refusals in the logs");
    line("", "at 2025-03-26, up to two registered clients at a server that is its own authorization server");
    let _ = write!(text, "\n{}", production(settings, &written, gentle));
    text
}

/// How many scenarios run at a variation.
fn scenarios(plan: &Plan, variation: usize) -> usize {
    let of = |decision: &Decision| match decision {
        Decision::Run { scenarios, .. } => *scenarios,
        Decision::NotApplicable(_) => 0,
    };
    plan.planned.iter().filter(|planned| planned.variation == variation).map(|planned| of(&planned.decision)).sum()
}

fn rate(patience: &Patience, requests: usize, gentle: bool) -> String {
    if !gentle {
        return format!(
            "as fast as the server answers, {AT_A_TIME} at a time; after a 429 half as many, and not before the time it names"
        );
    }
    let seconds = patience.gap.as_secs_f64() * requests as f64;
    format!("one at a time, and one in {} ms: {} s or more in all", patience.gap.as_millis(), seconds.ceil())
}

fn hosts(settings: &SubjectSettings) -> Vec<String> {
    match &settings.target {
        Target::Command { .. } => vec!["this machine, and whatever else the metadata of the server names".to_owned()],
        Target::Url(url) => {
            let mut hosts = vec![
                format!("{url}, and the well-known places of its origin"),
                "the authorization servers that its metadata names, for their metadata and their keys".to_owned(),
            ];
            hosts.extend(match &settings.credentials {
                TokenSource::Login(_) => Some("the first of these, with a few dozen logins of the accounts".to_owned()),
                TokenSource::Machine(_) => Some("the first of these, with a few dozen requests for tokens".to_owned()),
                TokenSource::None | TokenSource::Token(_) => None,
            });
            hosts
        }
    }
}

/// The declared calls that have an effect, or may have one.
fn written(subject: &Subject) -> Vec<String> {
    let means = &subject.capabilities;
    let mut calls: Vec<(&str, &str)> = Vec::new();
    calls.extend(subject.effect.iter().map(|effect| (effect.call.name.as_str(), "the tool with an effect")));
    calls.extend(subject.operations.iter().map(|one| (one.call.name.as_str(), "an operation that needs scopes")));
    calls.extend(means.handle.iter().map(|tool| (tool.make.name.as_str(), "a tool that hands out handles")));
    calls.extend(means.request_state.iter().map(|tool| (tool.name.as_str(), "a tool that demands input")));
    calls.extend(means.task.iter().map(|tool| (tool.name.as_str(), "a tool that runs as a task")));
    calls.extend(means.elicitation.iter().map(|tool| (tool.name.as_str(), "a tool that elicits something")));
    calls.extend(means.upstream.iter().map(|tool| (tool.call.name.as_str(), "a tool that calls an upstream API")));
    calls.extend(means.disconnect.iter().map(|tool| (tool.name.as_str(), "a tool that takes back a grant")));
    calls.iter().map(|(name, what)| format!("by {name}, {what}, several times")).collect()
}

fn production(settings: &SubjectSettings, written: &[String], gentle: bool) -> String {
    if matches!(settings.target, Target::Command { .. }) {
        return "The server is started for the run and ended with it. Nothing else is touched.\n".to_owned();
    }
    let mut text = match written {
        [] => "Nothing is written that is known of.".to_owned(),
        _ => "This writes random marks of 32 letters and digits: judge a copy, or leave these tools out of the subject file."
            .to_owned(),
    };
    text.push_str(match gentle {
        true => " At this pace, and without tokens of unusual length, it is fit for a system that others use.\n",
        false => {
            " Hundreds of refused tokens in a short time may set off alarms, rate limits and bans of this address: for a \
             system that others use, add --gentle.\n"
        }
    });
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::bench::Variation;
    use crate::catalogue::{Catalogue, Revision, Role};
    use crate::issuer::IssuerForm;
    use crate::plan::Selection;
    use crate::wire::Limits;
    use rstest::rstest;

    fn told(subject: &str, target: Target, gentle: bool) -> String {
        let settings = SubjectSettings {
            target,
            subject: toml::from_str(subject).unwrap(),
            credentials: TokenSource::None,
            accounts: Vec::new(),
            revisions: Revision::ALL.to_vec(),
            issuer: IssuerForm::Bare,
            limits: Limits { patience: Patience::gentle(), ..Limits::default() },
            further: Vec::new(),
        };
        let selection = Selection { roles: vec![Role::Server], ..Selection::default() };
        let variations = Revision::ALL.iter().copied().map(Variation::honest).collect();
        forecast(&Plan::new(&Catalogue::embedded().unwrap(), variations, &selection), &settings, gentle)
    }

    fn url() -> Target {
        Target::Url("https://mcp.example/mcp".to_owned())
    }

    #[test]
    fn each_revision_and_each_host_is_named() {
        let text = told("", url(), false);
        for revision in Revision::ALL {
            assert!(text.contains(&format!("requests at {revision}")), "{text}");
        }
        assert!(text.contains("https://mcp.example/mcp") && text.contains("authorization servers"), "{text}");
    }

    #[rstest]
    #[case::nothing("", false, "Nothing is written that is known of. Hundreds of refused tokens")]
    #[case::gently("", true, "fit for a system that others use")]
    #[case::an_effect("effect = { call = { name = \"add_note\" }, read = { name = \"n\" } }", true, "judge a copy")]
    #[case::named(
        "effect = { call = { name = \"add_note\" }, read = { name = \"n\" } }",
        true,
        "by add_note, the tool"
    )]
    fn whether_it_is_fit_for_production_is_told(#[case] subject: &str, #[case] gentle: bool, #[case] words: &str) {
        let text = told(subject, url(), gentle);
        assert!(text.contains(words), "{text}");
    }

    #[test]
    fn of_a_server_that_is_started_for_the_run_nothing_is_left() {
        let target = Target::Command { command: "c".to_owned(), environment: Vec::new(), port: None, endpoint: None };
        assert!(told("", target, false).contains("started for the run"));
    }
}
