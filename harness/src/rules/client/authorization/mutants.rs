//! Clients that do not bring a token.

use super::super::common::mutant;
use crate::bench::client::Spot;
use crate::bench::client::scene::{Party, Place};
use crate::bench::client::scenes::honest::HONEST;
use crate::mutation::{Act, Change, Mutant};
use crate::wire::Request;
use http::header::AUTHORIZATION;

fn calls_with_token(request: &Request) -> bool {
    HONEST.sees(request, Party::Server(Place::First), Spot::Mcp) && request.headers.contains_key(AUTHORIZATION)
}

pub(crate) const MUTANTS: &[Mutant] = &[mutant(
    "sends no token after the login",
    &["CL-401-01"],
    &[],
    &[Act::Send(calls_with_token, Change::DropHeader("authorization"))],
)];
