//! What an MCP server can do wrong with scopes.

use crate::rules::server::mutants::*;

/// A refusal for missing scope, of the request with this label.
macro_rules! answers_scoped {
    ($name:literal, $kills:expr, $also:expr, $label:literal, $change:expr) => {
        mutant(
            $name,
            $kills,
            $also,
            &[Act::Answer(|request, response| response.status == 403 && request.label().starts_with($label), $change)],
        )
    };
}

macro_rules! accepts_scope {
    ($what:literal) => {
        mutant(
            concat!("accepts ", $what),
            &["RS-SCOPE-02"],
            &[],
            &[Act::Accept(|request| request.label() == concat!("the scoped operation with ", $what))],
        )
    };
}

macro_rules! refuses_scope {
    ($name:literal, $label:literal, $kills:expr) => {
        mutant(
            $name,
            $kills,
            &[],
            &[Act::Answer(
                |request, _| request.label() == $label,
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
            has_base_scopes_only(request)
                && ["the scoped operation with only the base scopes", "the scoped operation whose effect is looked for"]
                    .contains(&request.label().as_str())
        })],
    ),
    answers_scoped!(
        "answers a missing scope with 401",
        &["RS-CHALLENGE-15"],
        &["RS-CHALLENGE-12", "RS-CHALLENGE-16", "RS-CHALLENGE-17", "RS-CHALLENGE-18"],
        "the scoped operation with only the base scopes",
        Change::Status(401)
    ),
    answers_scoped!(
        "answers a missing scope with 200 and a JSON-RPC error",
        &["RS-CHALLENGE-15"],
        &["RS-CHALLENGE-12", "RS-CHALLENGE-16", "RS-CHALLENGE-17", "RS-CHALLENGE-18"],
        "the scoped operation with only the base scopes",
        Change::Json(200, r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"scope"}}"#)
    ),
    answers_scoped!(
        "does not say insufficient_scope",
        &["RS-CHALLENGE-16"],
        &[],
        "the scoped operation with only the base scopes",
        Change::MapHeader("www-authenticate", |field| without_param(field, "error"))
    ),
    answers_scoped!(
        "does not name the missing scopes",
        &["RS-CHALLENGE-17"],
        &["RS-CHALLENGE-12"],
        "the scoped operation with only the base scopes",
        Change::MapHeader("www-authenticate", |field| without_param(field, "scope"))
    ),
    refuses_scope!(
        "asks for a scope that does not help",
        "the scoped operation with what the challenge names as well",
        &["RS-CHALLENGE-17"]
    ),
    answers_scoped!(
        "does not name its metadata in a 403",
        &["RS-CHALLENGE-18"],
        &[],
        "the scoped operation with only the base scopes, beside a 401",
        Change::MapHeader("www-authenticate", |field| without_param(field, "resource_metadata"))
    ),
    answers_scoped!(
        "asks for one missing scope after the other",
        &["RS-CHALLENGE-19"],
        &[],
        "the scoped operation with none of its scopes",
        Change::MapHeader("www-authenticate", |field| format!("{}, scope=\"openid\"", without_param(field, "scope")))
    ),
    answers_scoped!(
        "asks for other scopes now and then",
        &["RS-CHALLENGE-12"],
        &[],
        "the scoped operation with only the base scopes, time 7",
        Change::MapHeader("www-authenticate", |field| format!("{}, scope=\"email\"", without_param(field, "scope")))
    ),
    mutant(
        "runs the scoped operation before it refuses it",
        &["RS-SCOPE-01"],
        &[],
        &[
            Act::Accept(|request| request.label() == "the scoped operation whose effect is looked for"),
            Act::Answer(
                |request, _| request.label() == "the scoped operation whose effect is looked for",
                Change::Json(403, r#"{"error":"insufficient_scope"}"#),
            ),
        ],
    ),
    accepts_scope!("its scope and a suffix"),
    accepts_scope!("its scope without the last character"),
    accepts_scope!("its scope in other case"),
    accepts_scope!("its scope inside a longer one"),
    accepts_scope!("its scope behind a tab"),
    refuses_scope!(
        "knows a scope only when it stands alone",
        "the scoped operation with its scopes among others",
        &["RS-SCOPE-02"]
    ),
    refuses_scope!(
        "minds the order of scopes",
        "the scoped operation with its scopes in reverse order",
        &["RS-SCOPE-02"]
    ),
    refuses_scope!(
        "asks for all its scopes whatever the operation",
        "the harmless tool with only the base scopes",
        &["RS-SCOPE-04"]
    ),
    mutant(
        "shows what the last caller on the connection was shown",
        &["RS-SCOPE-05"],
        &[],
        &[Act::Answer(
            |request, _| request.label() == "the third list with all its scopes, on one connection",
            Change::MapJson(drop_a_tool),
        )],
    ),
    mutant(
        "guards a tool by hiding it",
        &["RS-SCOPE-06"],
        &[],
        &[Act::Accept(|request| request.label() == "the scoped operation called directly")],
    ),
    mutant(
        "lets caches share a list that depends on the caller",
        &["RS-SCOPE-07"],
        &[],
        &[
            Act::Answer(walks_pages, Change::MapJson(|message| set_in_result(message, "cacheScope", json!("public")))),
            Act::Answer(
                |request, response| walks_pages(request, response) && has_base_scopes_only(request),
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
                |request, _| request.label() == "page 1 of tools/list with all its scopes",
                Change::MapJson(|message| set_in_result(message, "cacheScope", json!("public"))),
            ),
            Act::Answer(
                |request, _| request.label() == "page 1 of tools/list with all its scopes",
                Change::MapJson(|message| set_in_result(message, "nextCursor", json!("2"))),
            ),
        ],
    ),
];

fn walks_pages(request: &Request, _: &Response) -> bool {
    request.label().starts_with("page ")
}

fn has_base_scopes_only(request: &Request) -> bool {
    let name = request.presented.as_ref().map(|presented| &presented.name);
    matches!(name, Some(TokenName::Scoped(scopes)) if scopes.called.as_deref() == Some("only the base scopes"))
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
