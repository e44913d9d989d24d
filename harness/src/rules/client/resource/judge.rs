//! Which resource a client must name in each authorization and token request (RFC 8707).

use super::super::common::{Assertion, assertion, authorization_has, redemption_has};
use crate::bench::ClientRun;
use crate::findings::Finding;

pub(crate) const ASSERTIONS: &[Assertion] = &[
    assertion("names the resource in each authorization request", "exactly one `resource`", |run| {
        authorization_has(run, "resource", "exactly one resource", |value| !value.is_empty())
    }),
    assertion(
        "names the resource in each token request",
        "exactly one, the one of the authorization request",
        same_in_token_request,
    ),
    assertion(
        "names as resource the identifier in the protected resource metadata, byte for byte",
        "in both requests",
        as_published,
    ),
];

fn same_in_token_request(run: &ClientRun) -> Vec<Finding> {
    let asked = run.authorizations().flat_map(|request| request.request.query("resource")).last();
    let expected = "exactly one resource, the one of the authorization request";
    redemption_has(run, "resource", expected, |value| asked.as_deref().is_none_or(|asked| asked == value))
}

fn as_published(run: &ClientRun) -> Vec<Finding> {
    let resource = run.resource();
    let expected = format!("resource={resource}");
    let mut findings = authorization_has(run, "resource", &expected, |value| value == resource);
    findings.extend(redemption_has(run, "resource", &expected, |value| value == resource));
    findings
}
