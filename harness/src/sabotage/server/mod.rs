//! What an MCP server can do wrong, a file for each group of requirements; and the predicates that they share.

macro_rules! accepts {
    ($what:literal, $kills:expr) => {
        mutant(
            concat!("accepts ", $what),
            $kills,
            &["RS-CHALLENGE-05", "RS-CHALLENGE-09", "RS-TOKEN-06"],
            &[Act::Accept(|request| presented(request) == $what && !in_query(request))],
        )
    };
}

/// The same for tokens that are wrong only since tokens have an audience.
macro_rules! accepts_audience {
    ($what:literal, $kills:expr) => {
        at(with_audience, accepts!($what, $kills))
    };
}

/// An answer of 500 to a token that is to be refused, or at least to be lived with.
macro_rules! breaks {
    ($what:literal, $kills:expr) => {
        mutant(
            concat!("breaks at ", $what),
            $kills,
            &[],
            &[Act::Answer(|request, _| presented(request) == $what, Change::Status(500))],
        )
    };
}

mod audience;
mod challenge;
mod extensions;
mod http;
mod isolation;
mod jwt;
mod legacy;
mod metadata;
mod passthrough;
mod scope;
mod token;

use super::{Act, Change, Errand, Mutant};
use crate::catalogue::{Revision, Role};
use crate::wire::{Request, Response};
use ::http::header::AUTHORIZATION;
use serde_json::{Value, json};

const fn mutant(
    name: &'static str,
    kills: &'static [&'static str],
    also: &'static [&'static str],
    acts: &'static [Act],
) -> Mutant {
    Mutant::of(Role::Server, name, kills, also, acts)
}

const fn at(revisions: fn(Revision) -> bool, mutant: Mutant) -> Mutant {
    Mutant { revisions, ..mutant }
}

fn with_handshake(revision: Revision) -> bool {
    !revision.is_stateless()
}

fn with_audience(revision: Revision) -> bool {
    revision >= Revision::V2025_06_18
}

fn without_handshake(revision: Revision) -> bool {
    revision.is_stateless()
}

fn presented(request: &Request) -> &str {
    request.presented.as_ref().map_or("", |presented| presented.name.as_str())
}

fn in_query(request: &Request) -> bool {
    request.url.contains("access_token=")
}

fn at_endpoint(request: &Request) -> bool {
    !request.path().contains("/.well-known/")
}

/// A request to the MCP endpoint without credentials, for the operation that the label begins with.
fn anonymous(request: &Request, operation: &str) -> bool {
    at_endpoint(request) && request.presented.is_none() && request.label.starts_with(operation)
}

fn refused(request: &Request, response: &Response) -> bool {
    at_endpoint(request) && response.status == 401
}

fn refused_without_token(request: &Request, response: &Response) -> bool {
    refused(request, response) && request.presented.is_none()
}

fn refused_with_token(request: &Request, response: &Response) -> bool {
    refused(request, response) && request.presented.is_some() && !in_query(request)
}

fn metadata(request: &Request, response: &Response) -> bool {
    request.path().contains("/.well-known/oauth-protected-resource") && response.status == 200
}

fn metadata_by_challenge(request: &Request, response: &Response) -> bool {
    metadata(request, response) && request.label.ends_with("the URL in the challenge")
}

fn metadata_at_well_known(request: &Request, response: &Response) -> bool {
    metadata(request, response) && request.label.ends_with("well-known URI")
}

fn set(document: &mut Value, member: &str, value: Value) {
    if let Some(members) = document.as_object_mut() {
        members.insert(member.to_owned(), value);
    }
}

fn remove(document: &mut Value, member: &str) {
    if let Some(members) = document.as_object_mut() {
        members.remove(member);
    }
}

fn append_to_resource(document: &mut Value, text: &str) {
    let resource = document.get("resource").and_then(Value::as_str).unwrap_or_default();
    let longer = format!("{resource}{text}");
    set(document, "resource", longer.into());
}

fn without_param(field: &str, name: &str) -> String {
    let (scheme, params) = field.split_once(' ').unwrap_or((field, ""));
    let kept: Vec<_> = params.split(", ").filter(|param| !param.starts_with(&format!("{name}="))).collect();
    format!("{scheme} {}", kept.join(", "))
}

pub(super) const MUTANTS: &[&[Mutant]] = &[
    audience::MUTANTS,
    challenge::MUTANTS,
    extensions::MUTANTS,
    http::MUTANTS,
    isolation::MUTANTS,
    jwt::MUTANTS,
    legacy::MUTANTS,
    metadata::MUTANTS,
    passthrough::MUTANTS,
    scope::MUTANTS,
    token::MUTANTS,
];
