//! Clients that ask for a token for whatever, or for something else.

use super::super::common::{authorizes, mutant, redeems};
use crate::mutation::{Act, Change, Mutant};

pub(crate) const MUTANTS: &[Mutant] = &[
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
