//! What is said of servers that are set up in other ways than the second subject mostly is: of which something was not
//! told, with a public part, with metadata of another issuer.

use super::{findings, verdict, verdict_with};
use crate::second::front::Front;
use crate::second::raise::judged;
use crate::second::setup::{self, Metadata, Setup, Verification};
use crate::second::spoilt::Spoilt;
use harness::bench::Variation;
use harness::catalogue::Revision;
use harness::declared::{Capabilities, Subject};
use harness::findings::Verdict;
use harness::mutation::Mutant;
use harness::rules::mutants;
use harness::run::RequirementResult;
use rstest::rstest;
use std::collections::BTreeSet;

/// The mutant with this name, at a revision.
fn with(name: &str, revision: Revision) -> Variation {
    let named = |mutant: &&'static Mutant| mutant.name == name;
    Variation { revision, mutant: Some(mutants().find(named).expect("there is such a mutant")) }
}

pub(super) const PLAIN: Setup = Setup {
    verification: Verification::Keys,
    trusts_two: false,
    lists_without_token: false,
    metadata: Metadata::Nothing,
    front: Front::Nothing,
    spoilt: Spoilt::Nothing,
    asks_no_scope: false,
};
const ASKING: Setup = Setup { verification: Verification::Introspection, ..PLAIN };
pub(super) const MIXED: Setup = Setup { lists_without_token: true, ..PLAIN };

/// What the operator declares of a server that has the tools of the second subject and is no proxy.
pub(super) fn declared() -> Subject {
    let whole = setup::declared();
    Subject { capabilities: Capabilities { consent_proxy: None, third_party: None, ..whole.capabilities }, ..whole }
}

#[test]
fn a_server_of_which_nobody_told_is_not_judged() {
    let (verdict, findings) = verdict(Setup::WHOLE, setup::declared(), "RS-ISO-12", Revision::V2026_07_28);
    assert_eq!(verdict, Verdict::Inconclusive, "{findings}");
    assert!(findings.contains("nobody told whether the server has a tool that tells who calls"), "{findings}");
}

#[rstest]
#[case::one_issuer("RS-JWT-13", PLAIN, "does not name two issuers")]
#[case::keys("RS-TOKEN-10", PLAIN, "asked for no introspection")]
#[case::introspection("RS-JWT-09", ASKING, "for no keys")]
fn what_the_server_has_not_is_not_asked_of_it(#[case] id: &str, #[case] setup: Setup, #[case] reason: &str) {
    let (verdict, findings) = verdict(setup, declared(), id, Revision::V2026_07_28);
    assert_eq!(verdict, Verdict::NotApplicable, "{findings}");
    assert!(findings.contains(reason), "{findings}");
}

/// What the server itself says is not asked of its operator.
#[rstest]
#[case::tasks("RS-ISO-10", "declares no tasks")]
#[case::proxy("RS-PROXY-01", "none of its own origin")]
fn what_the_server_says_it_has_not_need_not_be_declared(#[case] id: &str, #[case] reason: &str) {
    let untold = Subject { capabilities: Capabilities::default(), ..declared() };
    let (verdict, findings) = verdict(PLAIN, untold, id, Revision::V2025_11_25);
    assert_eq!(verdict, Verdict::NotApplicable, "{findings}");
    assert!(findings.contains(reason), "{findings}");
}

/// Keys that are not fetched anew at once break no rule while it is not declared for how long they may be kept.
#[rstest]
#[case("never looks for new keys", "a new key was not found", Verdict::NotApplicable)]
#[case("accepts a token signed with the withdrawn key", "the withdrawn key still works", Verdict::Met)]
fn no_server_is_accused_that_may_keep_keys_longer(
    #[case] mutant: &str,
    #[case] reason: &str,
    #[case] expected: Verdict,
) {
    let untold = Subject { key_cache_seconds: None, ..declared() };
    let mutant = with(mutant, Revision::V2026_07_28);
    let (verdict, findings) = verdict_with(PLAIN, untold, "RS-JWT-08", mutant);
    assert_eq!(verdict, expected, "{findings}");
    assert!(findings.contains(reason) && findings.contains("key_cache_seconds"), "{findings}");
}

/// What everybody may use of the server that lists its tools for everybody.
pub(super) fn with_public_part(revision: Revision) -> Subject {
    let documents = ["resources/list", "resources/templates/list", "resources/read", "prompts/list", "prompts/get"];
    let more = match revision.is_stateless() {
        true => ["server/discover", "subscriptions/listen"],
        false => ["ping", "logging/setLevel"],
    };
    let public =
        documents.into_iter().chain(more).chain(["completion/complete", "tools/list", "initialize", "a notification"]);
    Subject { public_operations: Some(public.map(str::to_owned).collect()), ..declared() }
}

pub(super) fn violated(results: &[RequirementResult]) -> BTreeSet<String> {
    results.iter().filter(|one| one.verdict == Verdict::Violated).map(|one| one.id.to_string()).collect()
}

/// The whole battery: what is broken is what the same server breaks that lists its tools for those with a token.
#[rstest]
#[case::declared(true, Revision::V2025_11_25)]
#[case::declared(true, Revision::V2026_07_28)]
#[case::undeclared(false, Revision::V2026_07_28)]
fn a_server_that_lists_its_tools_for_everybody_breaks_no_rule_by_that(#[case] told: bool, #[case] revision: Revision) {
    let subject = if told {
        with_public_part(revision)
    } else {
        Subject { protected: None, public_operations: None, ..declared() }
    };

    let ordinary = judged(PLAIN, declared(), &[], Variation::honest(revision));
    let mixed = judged(MIXED, subject, &[], Variation::honest(revision));

    assert_eq!(violated(&mixed), violated(&ordinary));
    let of = |id: &str| mixed.iter().find(|one| one.id.as_str() == id).unwrap();
    for id in ["RS-TOKEN-01", "RS-JWT-01", "RS-AUD-01", "RS-CHALLENGE-02", "RS-CHALLENGE-10", "RS-PRM-01"] {
        assert_eq!(of(id).verdict, Verdict::Met, "{}", findings(of(id)));
    }
    let open = of("RS-CHALLENGE-01");
    assert_eq!(open.verdict, if told { Verdict::Met } else { Verdict::Inconclusive }, "{}", findings(open));
}

#[test]
fn its_tools_are_for_those_with_a_token_all_the_same() {
    let subject = with_public_part(Revision::V2026_07_28);
    let mutant = with("serves tools/call without a token", Revision::V2026_07_28);
    let (verdict, findings) = verdict_with(MIXED, subject, "RS-CHALLENGE-01", mutant);
    assert_eq!(verdict, Verdict::Violated, "{findings}");
}

#[test]
fn who_says_that_nothing_is_public_is_held_to_it() {
    let nothing = Subject { public_operations: Some(Vec::new()), ..declared() };
    let (verdict, findings) = verdict(MIXED, nothing, "RS-CHALLENGE-01", Revision::V2026_07_28);
    assert_eq!(verdict, Verdict::Violated, "{findings}");
}

/// Revision 2025-03-26 has clients look for the authorization server at the host of the MCP server, also where the
/// authorization server is somebody else's; what that one does is not the MCP server's fault.
#[rstest]
#[case("RS-LEGACY-01", Metadata::OfTheIssuer, Verdict::Met)]
#[case("RS-LEGACY-02", Metadata::OfTheIssuer, Verdict::Met)]
#[case("RS-LEGACY-03", Metadata::OfTheIssuer, Verdict::NotApplicable)]
#[case("RS-LEGACY-04", Metadata::OfTheIssuer, Verdict::Met)]
#[case("RS-LEGACY-05", Metadata::OfTheIssuer, Verdict::Met)]
#[case("RS-LEGACY-06", Metadata::OfTheIssuer, Verdict::NotApplicable)]
#[case("RS-LEGACY-04", Metadata::OfTheIssuerWithoutRegistration, Verdict::NotApplicable)]
#[case("RS-LEGACY-01", Metadata::OfTheIssuerBelowTheRoot, Verdict::NotApplicable)]
#[case("RS-LEGACY-02", Metadata::OfTheIssuerBelowTheRoot, Verdict::NotApplicable)]
#[case("RS-LEGACY-03", Metadata::OfTheIssuerBelowTheRoot, Verdict::NotApplicable)]
#[case("RS-LEGACY-01", Metadata::Nothing, Verdict::NotApplicable)]
#[case("RS-LEGACY-04", Metadata::Nothing, Verdict::NotApplicable)]
#[case("RS-LEGACY-01", Metadata::Own, Verdict::Met)]
#[case("RS-LEGACY-04", Metadata::Own, Verdict::Violated)]
#[case("RS-LEGACY-02", Metadata::OwnWithoutEndpoints, Verdict::Violated)]
#[case("RS-LEGACY-01", Metadata::OwnBelowTheRoot, Verdict::Violated)]
fn metadata_of_another_issuer_is_not_the_servers_own(
    #[case] id: &str,
    #[case] metadata: Metadata,
    #[case] expected: Verdict,
) {
    let (verdict, findings) = verdict(Setup { metadata, ..PLAIN }, declared(), id, Revision::V2025_03_26);
    assert_eq!(verdict, expected, "{findings}");
}
