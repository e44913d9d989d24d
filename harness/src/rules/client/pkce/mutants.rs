//! Clients that prove nothing, or something else than they promised.

use super::super::common::{authorizes, mutant, redeems};
use crate::mutation::{Act, Change, Mutant};

pub(crate) const MUTANTS: &[Mutant] = &[
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
];
