//! To which authorization servers a client presents which credentials.

use super::super::common::{Assertion, Presented, assertion, issued, metadata_without, presented};
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
        "does not go on with credentials that belong to another issuer than the metadata names",
        "no authorization request with them at all, and no token request elsewhere, once it has read the metadata",
        not_mismatched,
    ),
];

/// The identifiers that a client presents at each of two issuers where it registers are those that were issued there.
fn kept_apart(run: &ClientRun) -> Vec<Finding> {
    let expected = "at each issuer, a client identifier that it issued itself";
    let mixed_up: Vec<_> = presented(run).filter_map(|shown| from_elsewhere(run, &shown, expected)).collect();
    if !mixed_up.is_empty() {
        return mixed_up;
    }
    if presented(run).any(|shown| shown.is_metadata_document()) {
        let reason = "the client identifies itself by a metadata document, which is good at every issuer";
        return vec![Finding::not_applicable(expected, reason, Vec::new())];
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

#[cfg(test)]
mod tests;
