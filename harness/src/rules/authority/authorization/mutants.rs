//! What an authorization server can do wrong at its authorization endpoint.

use crate::bench::Authorizing;
use crate::rules::authority::mutants::*;

fn without_login(request: &Request, _: &Response) -> bool {
    request.purpose.is(&Authorizing::WithoutLogin)
}

fn with_login(request: &Request, _: &Response) -> bool {
    request.purpose.is(&Authorizing::WithLogin)
}

pub(crate) const MUTANTS: &[Mutant] = &[
    mutant(
        "issues a code without a login",
        &["AS-AUTHZ-07"],
        &[],
        &[
            Act::Answer(without_login, Change::Status(302)),
            Act::Answer(without_login, Change::SetHeader("location", "http://localhost:1/callback?code=c0de&state=s")),
        ],
    ),
    mutant(
        "changes the state",
        &["AS-AUTHZ-02"],
        &[],
        &[Act::Answer(with_login, Change::SetQuery("state", "another"))],
    ),
    mutant("drops the state", &["AS-AUTHZ-02"], &[], &[Act::Answer(with_login, Change::DropQuery("state"))]),
];
