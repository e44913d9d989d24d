//! What a server can do wrong that issues tokens of its own.

use crate::rules::server::second::*;

fn issues(request: &Request, response: &Response) -> bool {
    request.path() == "/oauth/token" && response.status == 200
}

pub(crate) const MUTANTS: &[Mutant] = &[
    second(
        "issues tokens without end",
        &["RS-LEGACY-06"],
        &[],
        &[Act::Answer(
            issues,
            Change::MapJson(|tokens| {
                if let Some(members) = tokens.as_object_mut() {
                    members.remove("expires_in");
                }
            }),
        )],
    ),
    second(
        "keeps a refresh token that was used",
        &["RS-LEGACY-06"],
        &[],
        &[Act::Answer(
            |request, response| issues(request, response) && request.form("grant_type") == ["refresh_token"],
            Change::Rewrite(|request, response| {
                let (old, new) = (request.form("refresh_token").pop(), member(response, "refresh_token"));
                if let (Some(old), Some(new)) = (old, new) {
                    replace(response, &new, &old);
                }
            }),
        )],
    ),
];
