//! What a client can do wrong.

use crate::catalogue::Role;
use crate::mutation::{Act, Change, Mutant};
use crate::wire::Request;

const fn mutant(
    name: &'static str,
    kills: &'static [&'static str],
    also: &'static [&'static str],
    acts: &'static [Act],
) -> Mutant {
    Mutant::of(Role::Client, name, kills, also, acts)
}

fn authorizes(request: &Request) -> bool {
    request.path() == "/oauth2/authorize"
}

fn redeems(request: &Request) -> bool {
    request.path() == "/oauth2/token"
}

fn calls_with_token(request: &Request) -> bool {
    request.path() == "/mcp" && request.headers.contains_key(http::header::AUTHORIZATION)
}

pub(crate) const MUTANTS: &[Mutant] = &[
    mutant(
        "sends no token after the login",
        &["CL-401-01"],
        &[],
        &[Act::Send(calls_with_token, Change::DropHeader("authorization"))],
    ),
    mutant(
        "sends no code_challenge",
        &["CL-PKCE-01", "CL-PKCE-03"],
        &[],
        &[Act::Send(authorizes, Change::DropQuery("code_challenge"))],
    ),
    mutant(
        "uses the plain method",
        &["CL-PKCE-02"],
        &[],
        &[Act::Send(authorizes, Change::SetQuery("code_challenge_method", "plain"))],
    ),
    mutant(
        "names no challenge method",
        &["CL-PKCE-02"],
        &[],
        &[Act::Send(authorizes, Change::DropQuery("code_challenge_method"))],
    ),
    mutant(
        "redeems without a verifier",
        &["CL-PKCE-03", "CL-PKCE-04"],
        &[],
        &[Act::Send(redeems, Change::DropForm("code_verifier"))],
    ),
    mutant(
        "redeems with the verifier of another request",
        &["CL-PKCE-03"],
        &[],
        &[Act::Send(redeems, Change::SetForm("code_verifier", "another-verifier-0123456789-0123456789-0123456789"))],
    ),
    mutant(
        "uses a short verifier",
        &["CL-PKCE-04", "CL-PKCE-03"],
        &[],
        &[Act::Send(redeems, Change::SetForm("code_verifier", "short"))],
    ),
    mutant(
        "names no resource in the authorization request",
        &["CL-RES-01", "CL-RES-04"],
        &["CL-RES-02"],
        &[Act::Send(authorizes, Change::DropQuery("resource"))],
    ),
    mutant(
        "names no resource in the token request",
        &["CL-RES-02", "CL-RES-04"],
        &[],
        &[Act::Send(redeems, Change::DropForm("resource"))],
    ),
    mutant(
        "names the origin as resource",
        &["CL-RES-04"],
        &[],
        &[
            Act::Send(authorizes, Change::SetQuery("resource", "http://localhost")),
            Act::Send(redeems, Change::SetForm("resource", "http://localhost")),
        ],
    ),
];
