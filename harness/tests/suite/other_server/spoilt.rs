//! One fault in front of the second subject: the rule about it is broken, and no other over it.

use super::findings;
use super::told::{MIXED, PLAIN, declared, violated, with_public_part};
use crate::second::raise::judged;
use crate::second::setup::Setup;
use crate::second::spoilt::Spoilt;
use harness::bench::Variation;
use harness::catalogue::Revision;
use harness::declared::{Capabilities, Subject};
use harness::findings::Verdict;
use harness::mcp::ToolCall;
use rstest::rstest;

/// The whole battery: what is broken beside what is broken anyhow.
#[rstest]
#[case::bound_to_a_token(Spoilt::BindsSessionsToTokens, &["RS-ISO-17"])]
#[case::get_and_delete_unbound(Spoilt::LendsSessions, &["RS-ISO-03", "RS-ISO-16"])]
fn a_session_that_is_kept_wrongly_breaks_the_rules_about_it(#[case] spoilt: Spoilt, #[case] broken: &[&str]) {
    let revision = Revision::V2025_11_25;
    let results = judged(Setup { spoilt, ..PLAIN }, declared(), &[], Variation::honest(revision));
    let shown: Vec<_> = results
        .iter()
        .filter(|one| matches!(one.verdict, Verdict::Violated | Verdict::HarnessError))
        .map(|one| format!("{}: {}", one.id, findings(one)))
        .collect();
    assert_eq!(violated(&results).into_iter().collect::<Vec<_>>(), broken, "{}", shown.join("\n"));
}

#[rstest]
#[case(Revision::V2025_11_25)]
#[case(Revision::V2026_07_28)]
fn a_bad_token_that_is_taken_for_none_is_noticed_where_none_is_needed(#[case] revision: Revision) {
    let setup = Setup { spoilt: Spoilt::FallsBackToAnonymous, ..MIXED };
    let results = judged(setup, with_public_part(revision), &[], Variation::honest(revision));
    assert_eq!(violated(&results).into_iter().collect::<Vec<_>>(), ["RS-ISO-25"]);
}

/// A server that names no scope is judged by no rule about scopes; one whose operator says that it has no effect to show is
/// not asked for one.
#[test]
fn what_is_not_claimed_does_not_apply() {
    use harness::declared::Capability::{Batches, Effects, ScopedOperations};
    let lacks = [Batches, Effects, ScopedOperations].into_iter().collect();
    let capabilities = Capabilities { lacks, ..declared().capabilities };
    let subject =
        Subject { effect: None, operations: Vec::new(), scope_hierarchy: Vec::new(), capabilities, ..declared() };
    let ids = ["RS-SCOPE-01", "RS-SCOPE-02", "RS-SCOPE-09", "RS-TOKEN-06"];
    let subject = Subject { base_scopes: Vec::new(), protected: Some(ToolCall::unknown()), ..subject };
    for result in judged(PLAIN, subject, &ids, Variation::honest(Revision::V2026_07_28)) {
        assert_eq!(result.verdict, Verdict::NotApplicable, "{}: {}", result.id, findings(&result));
    }
}
