//! The predicates and macros that mutants of servers share, and the tables of all rooms.

macro_rules! accepts {
    ($what:literal, $kills:expr) => {
        accepts!($what, $kills,)
    };
    // With rules that do not apply to a server which accepts this token.
    ($what:literal, $kills:expr, $($also:literal),*) => {
        mutant(
            concat!("accepts ", $what),
            $kills,
            &["RS-CHALLENGE-05", "RS-CHALLENGE-09", $($also),*],
            &[Act::Accept(|request| presents(request, token!($what)) && !in_query(request))],
        )
    };
}

/// The same for tokens that are wrong only since tokens have an audience.
macro_rules! accepts_audience {
    ($what:literal, $kills:expr) => {
        at(with_audience, accepts!($what, $kills))
    };
}

/// An answer of 500 to a token: nothing is served, and the form is wrong.
macro_rules! breaks {
    ($what:literal, $kills:expr) => {
        mutant(
            concat!("breaks at ", $what),
            $kills,
            &[],
            &[Act::Answer(|request, _| presents(request, token!($what)), Change::Status(500))],
        )
    };
}

pub(crate) use crate::bench::{Asked, Looked, Under};
pub(crate) use crate::catalogue::{Revision, Role};
pub(crate) use crate::mcp::Operation;
pub(crate) use crate::mutation::{Act, Change, Errand, Mutant};
use crate::protocol::metadata::Way;
pub(crate) use crate::token_name::{OTHER_USER, TokenName, VALID};
pub(crate) use crate::tokens::token;
pub(crate) use crate::wire::{Request, Response};
pub(crate) use ::http::header::AUTHORIZATION;
pub(crate) use serde_json::{Value, json};

pub(crate) const fn mutant(
    name: &'static str,
    kills: &'static [&'static str],
    also: &'static [&'static str],
    acts: &'static [Act],
) -> Mutant {
    Mutant::of(Role::Server, name, kills, also, acts)
}

pub(crate) const fn at(revisions: fn(Revision) -> bool, mutant: Mutant) -> Mutant {
    Mutant { revisions, ..mutant }
}

pub(crate) fn with_handshake(revision: Revision) -> bool {
    !revision.is_stateless()
}

pub(crate) fn with_audience(revision: Revision) -> bool {
    revision >= Revision::V2025_06_18
}

pub(crate) fn without_handshake(revision: Revision) -> bool {
    revision.is_stateless()
}

/// Whether the request presents the token of this name.
pub(crate) fn presents(request: &Request, name: &TokenName) -> bool {
    request.presented.as_ref().is_some_and(|presented| presented.name == *name)
}

pub(crate) fn in_query(request: &Request) -> bool {
    request.url.contains("access_token=")
}

pub(crate) fn at_endpoint(request: &Request) -> bool {
    !request.path().contains("/.well-known/")
}

/// The operation that the endpoint was asked for, with whatever tokens, under no circumstance that a room names.
pub(crate) fn asked(request: &Request) -> Option<&Operation> {
    request.purpose.get::<Asked>().map(|asked| &asked.operation)
}

/// Whether the endpoint was asked for such an operation without credentials.
pub(crate) fn anonymous(request: &Request, operation: impl FnOnce(&Operation) -> bool) -> bool {
    request.presented.is_none() && asked(request).is_some_and(operation)
}

/// Whether an operation calls a tool.
pub(crate) fn tools_call(operation: &Operation) -> bool {
    matches!(operation, Operation::ToolsCall(_))
}

pub(crate) fn refused(request: &Request, response: &Response) -> bool {
    at_endpoint(request) && response.status == 401
}

pub(crate) fn refused_without_token(request: &Request, response: &Response) -> bool {
    refused(request, response) && request.presented.is_none()
}

pub(crate) fn refused_with_token(request: &Request, response: &Response) -> bool {
    refused(request, response) && request.presented.is_some() && !in_query(request)
}

pub(crate) fn metadata(request: &Request, response: &Response) -> bool {
    request.path().contains("/.well-known/oauth-protected-resource") && response.status == 200
}

/// The way by which metadata was looked for and found.
fn way_to_metadata(request: &Request, response: &Response) -> Option<Way> {
    match request.purpose.get() {
        Some(Looked::ForMetadata(way)) if metadata(request, response) => Some(*way),
        _ => None,
    }
}

pub(crate) fn metadata_by_challenge(request: &Request, response: &Response) -> bool {
    way_to_metadata(request, response) == Some(Way::Challenge)
}

pub(crate) fn metadata_at_well_known(request: &Request, response: &Response) -> bool {
    matches!(way_to_metadata(request, response), Some(Way::PathSuffixed | Way::Root))
}

pub(crate) fn set(document: &mut Value, member: &str, value: Value) {
    if let Some(members) = document.as_object_mut() {
        members.insert(member.to_owned(), value);
    }
}

pub(crate) fn remove(document: &mut Value, member: &str) {
    if let Some(members) = document.as_object_mut() {
        members.remove(member);
    }
}

pub(crate) fn append_to_resource(document: &mut Value, text: &str) {
    let resource = document.get("resource").and_then(Value::as_str).unwrap_or_default();
    let longer = format!("{resource}{text}");
    set(document, "resource", longer.into());
}

pub(crate) fn without_param(field: &str, name: &str) -> String {
    let (scheme, params) = field.split_once(' ').unwrap_or((field, ""));
    let kept: Vec<_> = params.split(", ").filter(|param| !param.starts_with(&format!("{name}="))).collect();
    format!("{scheme} {}", kept.join(", "))
}

const TABLES: &[&[Mutant]] = &[
    super::audience::mutants::MUTANTS,
    super::challenge::mutants::MUTANTS,
    super::extensions::mutants::MUTANTS,
    super::http::mutants::MUTANTS,
    super::isolation::mutants::MUTANTS,
    super::jwt::mutants::MUTANTS,
    super::legacy::mutants::MUTANTS,
    super::metadata::mutants::MUTANTS,
    super::passthrough::mutants::MUTANTS,
    super::scope::mutants::MUTANTS,
    super::token::mutants::MUTANTS,
    // of the second subject
    super::extensions::second::MUTANTS,
    super::isolation::second::MUTANTS,
    super::jwt::second::MUTANTS,
    super::legacy::second::MUTANTS,
    super::passthrough::second::MUTANTS,
    super::proxy::second::MUTANTS,
    super::scope::second::MUTANTS,
    super::token::second::MUTANTS,
];

/// All mutants of servers.
pub(crate) fn mutants() -> impl Iterator<Item = &'static Mutant> {
    TABLES.iter().copied().flatten()
}
