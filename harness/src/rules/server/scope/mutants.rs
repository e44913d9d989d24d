//! What an MCP server can do wrong with scopes.

use super::purpose::{Beside, Connection, Tried, Turn};
use crate::bench::ChosenScopes;
use crate::rules::server::mutants::*;

/// A refusal for missing scope.
macro_rules! answers_scoped {
    ($name:literal, $kills:expr, $also:expr, $is_meant:expr, $change:expr) => {
        mutant(
            $name,
            $kills,
            $also,
            &[Act::Answer(
                |request, response| response.status == 403 && request.purpose.get::<Tried>().is_some_and($is_meant),
                $change,
            )],
        )
    };
}

macro_rules! accepts_scope {
    ($what:literal, $scopes:ident) => {
        mutant(
            concat!("accepts ", $what),
            &["RS-SCOPE-02"],
            &[],
            &[Act::Accept(|request| request.purpose.is(&Tried::Operation(ChosenScopes::$scopes)))],
        )
    };
}

macro_rules! refuses_scope {
    ($name:literal, $tried:expr, $kills:expr) => {
        mutant(
            $name,
            $kills,
            &[],
            &[Act::Answer(
                |request, _| request.purpose.is(&$tried),
                Change::Json(403, r#"{"error":"insufficient_scope"}"#),
            )],
        )
    };
}

pub(crate) const MUTANTS: &[Mutant] = &[
    mutant(
        "carries out an operation without the scope it needs",
        &["RS-CHALLENGE-15", "RS-SCOPE-01"],
        &["RS-CHALLENGE-16", "RS-CHALLENGE-17", "RS-HTTP-06"],
        &[Act::Accept(|request| {
            let tried = request.purpose.get();
            matches!(tried, Some(Tried::Operation(ChosenScopes::OnlyBase) | Tried::OperationForItsEffect))
        })],
    ),
    answers_scoped!(
        "answers a missing scope with 401",
        &["RS-CHALLENGE-15"],
        &["RS-CHALLENGE-12", "RS-CHALLENGE-16", "RS-CHALLENGE-17", "RS-CHALLENGE-18"],
        lacks_scope,
        Change::Status(401)
    ),
    answers_scoped!(
        "answers a missing scope with 200 and a JSON-RPC error",
        &["RS-CHALLENGE-15"],
        &["RS-CHALLENGE-12", "RS-CHALLENGE-16", "RS-CHALLENGE-17", "RS-CHALLENGE-18"],
        lacks_scope,
        Change::Json(200, r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"scope"}}"#)
    ),
    answers_scoped!(
        "does not say insufficient_scope",
        &["RS-CHALLENGE-16"],
        &[],
        lacks_scope,
        Change::MapHeader("www-authenticate", |field| without_param(field, "error"))
    ),
    answers_scoped!(
        "does not name the missing scopes",
        &["RS-CHALLENGE-17"],
        &["RS-CHALLENGE-12"],
        lacks_scope,
        Change::MapHeader("www-authenticate", |field| without_param(field, "scope"))
    ),
    refuses_scope!("asks for a scope that does not help", Tried::OperationAfterStepUp, &["RS-CHALLENGE-17"]),
    answers_scoped!(
        "does not name its metadata in a 403",
        &["RS-CHALLENGE-18"],
        &[],
        |tried| *tried == Tried::OperationBesideOutsider,
        Change::MapHeader("www-authenticate", |field| without_param(field, "resource_metadata"))
    ),
    mutant(
        "asks for every scope that there is",
        &["RS-CHALLENGE-27"],
        &["RS-CHALLENGE-12"],
        &[
            Act::Answer(
                refused_without_token,
                Change::MapHeader("www-authenticate", |field| {
                    format!("{}, scope=\"openid notes.admin\"", without_param(field, "scope"))
                }),
            ),
            Act::Answer(
                metadata,
                Change::MapJson(|document| {
                    set(document, "scopes_supported", json!(["openid", "notes.admin"]));
                }),
            ),
        ],
    ),
    answers_scoped!(
        "asks for one missing scope after the other",
        &["RS-CHALLENGE-19"],
        &[],
        |tried| *tried == Tried::Operation(ChosenScopes::NoneOfThem),
        Change::MapHeader("www-authenticate", |field| format!("{}, scope=\"openid\"", without_param(field, "scope")))
    ),
    answers_scoped!(
        "asks for other scopes now and then",
        &["RS-CHALLENGE-12"],
        &[],
        |tried| *tried == Tried::OperationAgain { time: 7 },
        Change::MapHeader("www-authenticate", |field| format!("{}, scope=\"email\"", without_param(field, "scope")))
    ),
    mutant(
        "runs the scoped operation before it refuses it",
        &["RS-SCOPE-01"],
        &[],
        &[
            Act::Accept(|request| request.purpose.is(&Tried::OperationForItsEffect)),
            Act::Answer(
                |request, _| request.purpose.is(&Tried::OperationForItsEffect),
                Change::Json(403, r#"{"error":"insufficient_scope"}"#),
            ),
        ],
    ),
    mutant(
        "grants everything to a token without the claim",
        &["RS-SCOPE-11"],
        &[],
        &[Act::Accept(|request| is_called_with(request, token!("a token without scope")))],
    ),
    mutant(
        "grants everything where the claim is true",
        &["RS-SCOPE-11"],
        &[],
        &[Act::Accept(|request| is_called_with(request, token!("a token whose scope is true")))],
    ),
    mutant(
        "does not look for the base scopes",
        &["RS-SCOPE-12"],
        &[],
        &[Act::Accept(|request| request.purpose.is(&Tried::WithoutBase))],
    ),
    mutant(
        "looks for scopes by the very name of a tool, and for the tool by any case",
        &["RS-SCOPE-01"],
        &[],
        &[Act::Answer(|request, _| request.purpose.is(&Tried::NamedInOtherCase), DONE)],
    ),
    mutant(
        "believes the scopes in a gateway's header fields",
        &["RS-SCOPE-09"],
        &[],
        &[Act::Accept(|request| request.purpose.is(&Tried::ScopesBeside(Beside::HeaderFields)))],
    ),
    mutant(
        "believes the scopes in the arguments",
        &["RS-SCOPE-09"],
        &[],
        &[Act::Answer(|request, _| request.purpose.is(&Tried::ScopesBeside(Beside::Arguments)), DONE)],
    ),
    accepts_scope!("its scope and a suffix", WithSuffix),
    accepts_scope!("its scope without the last character", WithoutLastCharacter),
    accepts_scope!("its scope in other case", InOtherCase),
    accepts_scope!("its scope inside a longer one", InsideLonger),
    refuses_scope!(
        "knows a scope only when it stands alone",
        Tried::Operation(ChosenScopes::AmongOthers),
        &["RS-SCOPE-02"]
    ),
    refuses_scope!("minds the order of scopes", Tried::Operation(ChosenScopes::Reversed), &["RS-SCOPE-02"]),
    refuses_scope!("asks for all its scopes whatever the operation", Tried::HarmlessTool, &["RS-SCOPE-04"]),
    mutant(
        "shows what the last caller on the connection was shown",
        &["RS-SCOPE-05"],
        &[],
        &[Act::Answer(
            |request, _| {
                let (scopes, connection) = (ChosenScopes::All, Connection::Shared);
                request.purpose.is(&Tried::List { scopes, turn: Turn::Third, connection })
            },
            Change::MapJson(drop_a_tool),
        )],
    ),
    mutant(
        "guards a tool by hiding it",
        &["RS-SCOPE-06"],
        &[],
        &[Act::Accept(|request| request.purpose.is(&Tried::OperationUnlisted))],
    ),
    mutant(
        "lets caches share a list that depends on the caller",
        &["RS-SCOPE-08"],
        &[],
        &[
            Act::Answer(walks_pages, Change::MapJson(|message| set_in_result(message, "cacheScope", json!("public")))),
            Act::Answer(
                |request, _| matches!(request.purpose.get(), Some(Tried::Page { scopes: ChosenScopes::OnlyBase, .. })),
                Change::MapJson(drop_a_tool),
            ),
        ],
    ),
    mutant(
        "marks the pages of one list differently",
        &["RS-SCOPE-07"],
        &[],
        &[
            Act::Answer(
                |request, _| request.purpose.is(&FIRST_PAGE),
                Change::MapJson(|message| set_in_result(message, "cacheScope", json!("public"))),
            ),
            Act::Answer(
                |request, _| request.purpose.is(&FIRST_PAGE),
                Change::MapJson(|message| set_in_result(message, "nextCursor", json!("2"))),
            ),
        ],
    ),
];

/// The scoped operation with the base scopes alone, where the refusal is what matters.
fn lacks_scope(tried: &Tried) -> bool {
    match tried {
        Tried::Operation(scopes) => *scopes == ChosenScopes::OnlyBase,
        Tried::OperationAgain { .. } | Tried::OperationBesideOutsider => true,
        _ => false,
    }
}

/// The operation is carried out.
const DONE: Change = Change::Json(200, r#"{"jsonrpc":"2.0","id":1,"result":{"content":[]}}"#);

/// Whether the scoped operation was called with the token of this name.
fn is_called_with(request: &Request, name: &TokenName) -> bool {
    matches!(request.purpose.get(), Some(Tried::OperationWithToken(found)) if found == name)
}

/// The first page of the list of a caller with all scopes.
const FIRST_PAGE: Tried = Tried::Page { scopes: ChosenScopes::All, number: 1 };

fn walks_pages(request: &Request, _: &Response) -> bool {
    matches!(request.purpose.get(), Some(Tried::Page { .. }))
}

fn drop_a_tool(message: &mut Value) {
    if let Some(tools) = message.pointer_mut("/result/tools").and_then(Value::as_array_mut) {
        tools.pop();
    }
}

fn set_in_result(message: &mut Value, member: &str, value: Value) {
    if let Some(result) = message.get_mut("result") {
        set(result, member, value);
    }
}
