//! What each authorization request and each redemption of a run must carry.

use crate::bench::ClientRun;
use crate::findings::Finding;
use crate::wire::Exchange;

/// Judges each of these requests; where there are none, nothing was seen.
pub(in super::super) fn each<'a>(
    run: &ClientRun,
    exchanges: impl Iterator<Item = &'a Exchange>,
    what: &str,
    judge: impl Fn(&Exchange) -> Finding,
) -> Vec<Finding> {
    let findings: Vec<_> = exchanges.map(judge).collect();
    if findings.is_empty() {
        let reason = format!("the client made no {what} request; {}", run.ending);
        return vec![Finding::inconclusive(format!("at least one {what} request"), reason, Vec::new())];
    }
    findings
}

fn shown(name: &str, values: &[String]) -> String {
    match values {
        [] => format!("no {name}"),
        [one] => format!("{name}={one}"),
        several => format!("{name} {} times", several.len()),
    }
}

fn shown_secret(name: &str, values: &[String]) -> String {
    match values {
        [one] => format!("{name} of {} characters", one.chars().count()),
        values => shown(name, values),
    }
}

/// Every authorization request carries `name` exactly once, with a value that `fits`.
pub(in super::super) fn authorization_has(
    run: &ClientRun,
    name: &str,
    expected: &str,
    fits: impl Fn(&str) -> bool,
) -> Vec<Finding> {
    each(run, run.authorizations(), "authorization", |exchange| {
        let values = exchange.request.query(name);
        let holds = matches!(values.as_slice(), [one] if fits(one));
        Finding::check(holds, expected, shown(name, &values), exchange)
    })
}

/// Every redemption carries `name` exactly once, with a value that `fits`.
pub(in super::super) fn redemption_has(
    run: &ClientRun,
    name: &str,
    expected: &str,
    fits: impl Fn(&str) -> bool,
) -> Vec<Finding> {
    each(run, run.redemptions(), "token", |exchange| {
        let values = exchange.request.form(name);
        let holds = matches!(values.as_slice(), [one] if fits(one));
        let seen = if name == "code_verifier" { shown_secret(name, &values) } else { shown(name, &values) };
        Finding::check(holds, expected, seen, exchange)
    })
}
