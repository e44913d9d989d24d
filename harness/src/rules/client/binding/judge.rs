//! To which authorization servers a client presents which credentials.

use super::super::common::{
    Assertion, Presented, assertion, issued, issued_secrets, metadata_without, presented, registrations,
};
use crate::bench::ClientRun;
use crate::bench::client::Spot;
use crate::bench::client::scene::Place;
use crate::findings::Finding;

pub(crate) const ASSERTIONS: &[Assertion] = &[
    assertion(
        "presents to each issuer a client identifier that this issuer gave it",
        "in authorization and token requests; the URL of a metadata document is good everywhere",
        kept_apart,
    ),
    assertion(
        "presents to no issuer what another one gave it",
        "client identifiers and secrets, once the metadata has named both issuers",
        keeps_to_itself,
    ),
    assertion(
        "registers with the issuer that the metadata names now",
        "before it sends its user anywhere, once it has read the metadata",
        registers_anew,
    ),
    assertion(
        "does not go on with credentials that belong to another issuer than the metadata names",
        "no authorization request with them at all, and no token request elsewhere, once it has read the metadata",
        not_mismatched,
    ),
    assertion(
        "comes back to the first issuer with a client identifier of that issuer",
        "the one that it was given before, or a new one",
        finds_its_own,
    ),
];

const METADATA_DOCUMENT: &str = "the client identifies itself by a metadata document, which is good at every issuer";

/// The turn of a scene at which the server takes tokens of the first issuer again.
const BACK: usize = 2;

/// The identifiers that a client presents at each of two issuers where it registers are those that were issued there.
fn kept_apart(run: &ClientRun) -> Vec<Finding> {
    let expected = "at each issuer, a client identifier that it issued itself";
    let mixed_up: Vec<_> = presented(run).filter_map(|shown| from_elsewhere(run, &shown, expected)).collect();
    if !mixed_up.is_empty() {
        return mixed_up;
    }
    if presented(run).any(|shown| shown.is_metadata_document()) {
        return vec![Finding::not_applicable(expected, METADATA_DOCUMENT, Vec::new())];
    }
    [Place::First, Place::Second].into_iter().map(|place| own_at(run, place, expected)).collect()
}

/// A finding when an identifier is presented that the other issuer gave, and this one did not.
fn from_elsewhere(run: &ClientRun, shown: &Presented<'_>, expected: &str) -> Option<Finding> {
    let other = shown.place.other();
    let strange = issued(run, other).contains(&shown.client_id) && !issued(run, shown.place).contains(&shown.client_id);
    strange.then(|| {
        let Presented { client_id, place, exchange, .. } = shown;
        let actual = format!("at {} client_id={client_id}, which {} issued", run.issuer(*place), run.issuer(other));
        Finding::check(false, expected, actual, exchange)
    })
}

/// Whether the client was seen with an identifier that an issuer gave it, at this issuer.
fn own_at(run: &ClientRun, place: Place, expected: &str) -> Finding {
    let issued = issued(run, place);
    let issuer = run.issuer(place);
    match presented(run).find(|shown| shown.place == place && issued.contains(&shown.client_id)) {
        Some(shown) => {
            Finding::check(true, expected, format!("at {issuer} client_id={}", shown.client_id), shown.exchange)
        }
        None => {
            let reason = format!("no request to {issuer} with a client identifier of its own; {}", run.ending);
            Finding::inconclusive(expected, reason, Vec::new())
        }
    }
}

/// No identifier and no secret goes to another issuer than the one that it came from.
fn keeps_to_itself(run: &ClientRun) -> Vec<Finding> {
    let expected = "no client identifier and no secret of another issuer";
    let carried_over: Vec<_> = presented(run).filter_map(|shown| carried_over(run, &shown, expected)).collect();
    if !carried_over.is_empty() {
        return carried_over;
    }
    if presented(run).any(|shown| shown.is_metadata_document()) {
        return vec![Finding::not_applicable(expected, METADATA_DOCUMENT, Vec::new())];
    }
    let issuer = run.registration.told().map_or(run.issuer(Place::First), |(_, issuer)| issuer);
    vec![match metadata_without(run, issuer) {
        Some(read) => Finding::check(true, expected, format!("none was presented; {}", run.ending), read),
        None => {
            let reason = format!("the client did not read the metadata that names another issuer; {}", run.ending);
            Finding::inconclusive(expected, reason, Vec::new())
        }
    }]
}

/// A finding when an identifier or a secret is presented that another issuer gave, or that was told to belong to it.
fn carried_over(run: &ClientRun, shown: &Presented<'_>, expected: &str) -> Option<Finding> {
    let (here, other) = (run.issuer(shown.place), shown.place.other());
    let told = run.registration.told().filter(|(client_id, issuer)| *client_id == shown.client_id && *issuer != here);
    let secret = shown.client_secret.as_ref().filter(|secret| {
        issued_secrets(run, other).contains(secret) && !issued_secrets(run, shown.place).contains(secret)
    });
    if let Some((client_id, issuer)) = told {
        let actual = format!("at {here} client_id={client_id}, which belongs to {issuer}");
        return Some(Finding::check(false, expected, actual, shown.exchange));
    }
    if secret.is_some() {
        let actual = format!("at {here} the client_secret that {} issued", run.issuer(other));
        return Some(Finding::check(false, expected, actual, shown.exchange));
    }
    from_elsewhere(run, shown, expected)
}

/// A client that registered with the first issuer registers with the second once the metadata names that one.
fn registers_anew(run: &ClientRun) -> Vec<Finding> {
    let (first, second) = (run.issuer(Place::First), run.issuer(Place::Second));
    let expected = format!("a registration with {second} once the metadata names it");
    if presented(run).any(|shown| shown.is_metadata_document()) {
        return vec![Finding::not_applicable(expected, METADATA_DOCUMENT, Vec::new())];
    }
    if registrations(run, Place::First).next().is_none() && presented(run).next().is_some() {
        let reason = format!("the client did not register with {first}");
        return vec![Finding::not_applicable(expected, reason, Vec::new())];
    }
    let Some(read) = metadata_without(run, first) else {
        let reason = format!("the client did not read the metadata that names another issuer; {}", run.ending);
        return vec![Finding::inconclusive(expected, reason, Vec::new())];
    };
    let registered = registrations(run, Place::Second).find(|exchange| exchange.number > read.number);
    let went_on = run.authorizations().find(|exchange| exchange.number > read.number);
    vec![match (registered, went_on) {
        (Some(registered), went_on) if went_on.is_none_or(|asked| asked.number > registered.number) => {
            Finding::of(true, expected, "it registered there", vec![read.number, registered.number])
        }
        (_, Some(asked)) => {
            let actual = format!("an authorization request before any registration there ({})", asked.request.purpose);
            Finding::of(false, expected, actual, vec![read.number, asked.number])
        }
        (_, None) => {
            let reason = format!("the client went on nowhere; {}", run.ending);
            Finding::inconclusive(expected, reason, vec![read.number])
        }
    }]
}

/// Credentials that the client was told, and that belong to one issuer, are not used once the metadata names another.
fn not_mismatched(run: &ClientRun) -> Vec<Finding> {
    let Some((client_id, issuer)) = run.registration.told() else {
        return vec![Finding::harness_error("a client with credentials", "the scene gives it none")];
    };
    let expected = format!("no use of {client_id} once the metadata names another issuer than {issuer}");
    let Some(read) = metadata_without(run, issuer) else {
        let reason = format!("the client did not read the metadata that names another issuer; {}", run.ending);
        return vec![Finding::inconclusive(expected, reason, Vec::new())];
    };
    let later = presented(run).filter(|shown| shown.exchange.number > read.number && shown.client_id == client_id);
    let used: Vec<_> = later
        .filter(|shown| shown.sent.spot == Spot::Authorization || run.issuer(shown.place) != issuer)
        .map(|shown| {
            let actual = format!("it is presented to {} ({})", run.issuer(shown.place), shown.sent);
            Finding::of(false, expected.as_str(), actual, vec![read.number, shown.exchange.number])
        })
        .collect();
    if used.is_empty() {
        let actual = format!("it was not used after that; {}", run.ending);
        return vec![Finding::check(true, expected, actual, read)];
    }
    used
}

/// Back at the first issuer, the client presents an identifier that this one gave it.
fn finds_its_own(run: &ClientRun) -> Vec<Finding> {
    let first = run.issuer(Place::First);
    let expected = format!("back at {first}, a client identifier that it issued");
    let back = || presented(run).filter(|shown| shown.place == Place::First && shown.sent.turn >= BACK);
    let mixed_up: Vec<_> = back().filter_map(|shown| from_elsewhere(run, &shown, &expected)).collect();
    if !mixed_up.is_empty() {
        return mixed_up;
    }
    let own = issued(run, Place::First);
    vec![match back().find(|shown| shown.is_metadata_document() || own.contains(&shown.client_id)) {
        Some(shown) if shown.is_metadata_document() => {
            Finding::not_applicable(expected, METADATA_DOCUMENT, vec![shown.exchange.number])
        }
        Some(shown) => Finding::check(true, expected, format!("client_id={}", shown.client_id), shown.exchange),
        None => {
            let reason = format!("the client did not come back with an identifier of that issuer; {}", run.ending);
            Finding::inconclusive(expected, reason, Vec::new())
        }
    }]
}

#[cfg(test)]
mod tests {
    use super::super::super::common::told::{
        FIRST, Line, SECOND, authorizes, credentials, reads, redeems, registers, run, worst,
    };
    use super::*;
    use crate::bench::client::Registration::Dynamic;
    use crate::bench::client::scenes::binding::{AWAY, ELSEWHERE, MOVED, RETURNED};
    use crate::findings::Verdict;
    use rstest::rstest;

    #[rstest]
    #[case::each_at_home("client_id=a", "client_id=b", Verdict::Met)]
    #[case::the_first_at_the_second("client_id=a", "client_id=a", Verdict::Violated)]
    #[case::exchanged("client_id=b", "client_id=a", Verdict::Violated)]
    #[case::metadata_document("client_id=https://c.example/c", "client_id=https://c.example/c", Verdict::NotApplicable)]
    #[case::of_no_issuer("client_id=a", "client_id=c", Verdict::Inconclusive)]
    #[case::not_named("client_id=a", "", Verdict::Inconclusive)]
    fn identifiers_are_compared_with_those_that_were_issued(
        #[case] first: &'static str,
        #[case] second: &'static str,
        #[case] expected: Verdict,
    ) {
        let registered = [registers(Place::First, "a"), registers(Place::Second, "b")];
        let presented = [authorizes(Place::First, first), authorizes(Place::Second, second)];
        let run = run(&MOVED, Dynamic, registered.into_iter().chain(presented));
        assert_eq!(worst(kept_apart(&run)), expected);
    }

    #[test]
    fn a_client_that_never_came_to_the_second_issuer_was_not_seen() {
        let run = run(&MOVED, Dynamic, [registers(Place::First, "a"), authorizes(Place::First, "client_id=a")]);
        assert_eq!(worst(kept_apart(&run)), Verdict::Inconclusive);
    }

    #[rstest]
    #[case::registers(vec![registers(Place::Second, "b"), authorizes(Place::Second, "client_id=b")], Verdict::Met)]
    #[case::registers_and_stops(vec![registers(Place::Second, "b")], Verdict::Met)]
    #[case::goes_on_where_it_was(vec![authorizes(Place::First, "client_id=a")], Verdict::Violated)]
    #[case::goes_there_as_it_is(vec![authorizes(Place::Second, "client_id=a")], Verdict::Violated)]
    #[case::registers_too_late(
        vec![authorizes(Place::Second, "client_id=a"), registers(Place::Second, "b")],
        Verdict::Violated
    )]
    #[case::stops(vec![], Verdict::Inconclusive)]
    #[case::metadata_document(vec![authorizes(Place::Second, "client_id=https://c.example/c")], Verdict::NotApplicable)]
    fn a_client_registers_with_the_issuer_that_is_named(#[case] then: Vec<Line>, #[case] expected: Verdict) {
        let before = [registers(Place::First, "a"), authorizes(Place::First, "client_id=a"), reads(SECOND)];
        assert_eq!(worst(registers_anew(&run(&MOVED, Dynamic, before.into_iter().chain(then)))), expected);
    }

    #[rstest]
    #[case::without_registering(vec![authorizes(Place::First, "client_id=built-in"), reads(SECOND)], Verdict::NotApplicable)]
    #[case::nowhere(vec![], Verdict::Inconclusive)]
    #[case::without_reading(
        vec![registers(Place::First, "a"), authorizes(Place::First, "client_id=a")],
        Verdict::Inconclusive
    )]
    fn a_client_that_was_not_tried_is_not_accused_of_not_registering(
        #[case] lines: Vec<Line>,
        #[case] expected: Verdict,
    ) {
        assert_eq!(worst(registers_anew(&run(&MOVED, Dynamic, lines))), expected);
    }

    #[rstest]
    #[case::stops(vec![], Verdict::Met)]
    #[case::presented_to_the_one_that_is_named(vec![authorizes(Place::Second, "client_id=told")], Verdict::Violated)]
    #[case::redeemed_there(vec![redeems(Place::Second, "client_id=told")], Verdict::Violated)]
    #[case::goes_on_where_it_was(vec![authorizes(Place::First, "client_id=told")], Verdict::Violated)]
    #[case::refreshes_where_it_was(vec![redeems(Place::First, "client_id=told")], Verdict::Met)]
    #[case::registers_anew(
        vec![registers(Place::Second, "b"), authorizes(Place::Second, "client_id=b")],
        Verdict::Met
    )]
    fn credentials_are_not_used_once_the_metadata_names_another_issuer(
        #[case] then: Vec<Line>,
        #[case] expected: Verdict,
    ) {
        let before = [reads(FIRST), authorizes(Place::First, "client_id=told"), reads(SECOND)];
        let run = run(&ELSEWHERE, credentials("told"), before.into_iter().chain(then));
        assert_eq!(worst(not_mismatched(&run)), expected);
    }

    #[test]
    fn a_client_that_did_not_read_the_metadata_was_not_tried() {
        let run = run(&ELSEWHERE, credentials("told"), [reads(FIRST), authorizes(Place::Second, "client_id=told")]);
        assert_eq!(worst(not_mismatched(&run)), Verdict::Inconclusive);
    }

    #[rstest]
    #[case::with_the_one_it_had(vec![authorizes(Place::First, "client_id=a")], Verdict::Met)]
    #[case::with_a_new_one(
        vec![registers(Place::First, "c"), authorizes(Place::First, "client_id=c")],
        Verdict::Met
    )]
    #[case::with_that_of_the_second(vec![authorizes(Place::First, "client_id=b")], Verdict::Violated)]
    #[case::with_a_metadata_document(
        vec![authorizes(Place::First, "client_id=https://c.example/c")],
        Verdict::NotApplicable
    )]
    #[case::not_at_all(vec![], Verdict::Inconclusive)]
    fn a_client_comes_back_with_an_identifier_of_the_issuer(#[case] back: Vec<Line>, #[case] expected: Verdict) {
        let before = [registers(Place::First, "a"), authorizes(Place::First, "client_id=b")];
        let away = [registers(Place::Second, "b"), authorizes(Place::Second, "client_id=b")];
        let away = away.into_iter().map(|line| line.at_turn(1));
        let back = back.into_iter().map(|line| line.at_turn(BACK));
        let run = run(&RETURNED, Dynamic, before.into_iter().chain(away).chain(back));
        assert_eq!(worst(finds_its_own(&run)), expected);
    }

    #[rstest]
    #[case::stops(vec![], Verdict::Met)]
    #[case::with_what_it_was_given_there(
        vec![registers(Place::Second, "b"), authorizes(Place::Second, "client_id=b")],
        Verdict::Met
    )]
    #[case::as_it_is(vec![authorizes(Place::Second, "client_id=a")], Verdict::Violated)]
    #[case::redeems_as_it_is(
        vec![registers(Place::Second, "b"), redeems(Place::Second, "client_id=a")],
        Verdict::Violated
    )]
    #[case::with_the_other_secret(
        vec![registers(Place::Second, "b"), redeems(Place::Second, "client_id=b&client_secret=secret-of-a")],
        Verdict::Violated
    )]
    #[case::metadata_document(vec![authorizes(Place::Second, "client_id=https://c.example/c")], Verdict::NotApplicable)]
    fn what_one_issuer_gave_is_not_presented_to_another(#[case] then: Vec<Line>, #[case] expected: Verdict) {
        let before = [registers(Place::First, "a"), authorizes(Place::First, "client_id=a"), reads(SECOND)];
        assert_eq!(worst(keeps_to_itself(&run(&AWAY, Dynamic, before.into_iter().chain(then)))), expected);
    }

    #[rstest]
    #[case::to_the_other(vec![reads(SECOND), redeems(Place::Second, "client_id=told")], Verdict::Violated)]
    #[case::to_its_own(vec![reads(SECOND), redeems(Place::First, "client_id=told")], Verdict::Met)]
    #[case::without_reading(vec![authorizes(Place::First, "client_id=told")], Verdict::Inconclusive)]
    fn what_was_told_of_one_issuer_is_not_presented_to_another(#[case] lines: Vec<Line>, #[case] expected: Verdict) {
        assert_eq!(worst(keeps_to_itself(&run(&ELSEWHERE, credentials("told"), lines))), expected);
    }
}
