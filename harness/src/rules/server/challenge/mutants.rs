//! What an MCP server can do wrong when it refuses a request.

use super::purpose::ByOutsider;
use crate::rules::server::mutants::*;
use crate::rules::server::scope::purpose::Tried;

fn lists_without_token(request: &Request) -> bool {
    anonymous(request, |operation| *operation == Operation::ToolsList)
}

fn refused_list(request: &Request, response: &Response) -> bool {
    refused(request, response) && lists_without_token(request)
}

fn refused_call(request: &Request, response: &Response) -> bool {
    refused(request, response) && anonymous(request, tools_call)
}

pub(crate) const MUTANTS: &[Mutant] = &[
    mutant(
        "serves tools/call without a token",
        &["RS-CHALLENGE-01", "RS-HTTP-07"],
        &[],
        &[Act::Accept(|request| anonymous(request, tools_call))],
    ),
    at(
        with_handshake,
        mutant(
            "serves initialize without a token",
            &["RS-CHALLENGE-01", "RS-HTTP-07"],
            &[],
            &[Act::Accept(|request| anonymous(request, |asked| *asked == Operation::Initialize))],
        ),
    ),
    at(
        with_handshake,
        mutant(
            "opens the GET stream without a token",
            &["RS-CHALLENGE-01"],
            &[],
            &[Act::Accept(|request| anonymous(request, |asked| *asked == Operation::Stream))],
        ),
    ),
    at(
        with_handshake,
        mutant(
            "ends a session without a token",
            &["RS-CHALLENGE-01"],
            &[],
            &[Act::Accept(|request| anonymous(request, |asked| *asked == Operation::EndSession))],
        ),
    ),
    at(
        without_handshake,
        mutant(
            "serves server/discover without a token",
            &["RS-CHALLENGE-01", "RS-HTTP-07"],
            &[],
            &[Act::Accept(|request| anonymous(request, |asked| *asked == Operation::Discover))],
        ),
    ),
    mutant(
        "answers tools/call without a token by a redirect to a login page",
        &["RS-CHALLENGE-01"],
        &[],
        &[Act::Answer(refused_call, Change::Status(302))],
    ),
    mutant(
        "answers tools/call without a token with 200 and a JSON-RPC error",
        &["RS-CHALLENGE-01"],
        &[],
        &[Act::Answer(
            refused_call,
            Change::Json(200, r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"log in"}}"#),
        )],
    ),
    mutant(
        "sends no WWW-Authenticate",
        &["RS-CHALLENGE-02", "RS-CHALLENGE-03", "RS-CHALLENGE-05", "RS-CHALLENGE-09", "RS-CHALLENGE-11"],
        &["RS-CHALLENGE-04", "RS-CHALLENGE-07", "RS-PRM-06", "RS-CHALLENGE-12", "RS-CHALLENGE-13", "RS-CHALLENGE-18"],
        &[Act::Answer(refused, Change::DropHeader("www-authenticate"))],
    ),
    mutant(
        "sends a bare Bearer",
        &["RS-CHALLENGE-03", "RS-CHALLENGE-05", "RS-CHALLENGE-09", "RS-CHALLENGE-11"],
        &["RS-CHALLENGE-07", "RS-PRM-06", "RS-CHALLENGE-12", "RS-CHALLENGE-13", "RS-CHALLENGE-18"],
        &[Act::Answer(refused, Change::SetHeader("www-authenticate", "Bearer"))],
    ),
    mutant(
        "offers Basic instead of Bearer",
        &["RS-CHALLENGE-03", "RS-CHALLENGE-05", "RS-CHALLENGE-09", "RS-CHALLENGE-11"],
        &["RS-CHALLENGE-07", "RS-PRM-06", "RS-CHALLENGE-12", "RS-CHALLENGE-13", "RS-CHALLENGE-18"],
        &[Act::Answer(refused, Change::SetHeader("www-authenticate", "Basic realm=\"mcp\""))],
    ),
    mutant(
        "repeats a parameter in the challenge",
        &["RS-CHALLENGE-04"],
        &["RS-CHALLENGE-12"],
        &[Act::Answer(refused, Change::MapHeader("www-authenticate", |field| format!("{field}, scope=\"openid\"")))],
    ),
    mutant(
        "ends the challenge with a comma",
        &["RS-CHALLENGE-04"],
        &[
            "RS-CHALLENGE-03",
            "RS-CHALLENGE-05",
            "RS-CHALLENGE-07",
            "RS-CHALLENGE-09",
            "RS-PRM-06",
            "RS-CHALLENGE-11",
            "RS-CHALLENGE-12",
            "RS-CHALLENGE-13",
            "RS-CHALLENGE-18",
        ],
        &[Act::Answer(refused, Change::MapHeader("www-authenticate", |field| format!("{field},")))],
    ),
    mutant(
        "puts an exception text with a quote into error_description",
        &["RS-CHALLENGE-04"],
        &[],
        &[Act::Answer(
            refused_with_token,
            Change::MapHeader("www-authenticate", |field| {
                format!("{}, error_description=\"no key \\\"k1\\\"\"", without_param(field, "error_description"))
            }),
        )],
    ),
    mutant(
        "does not name its metadata in the challenge",
        &["RS-CHALLENGE-05"],
        &["RS-CHALLENGE-07", "RS-PRM-06", "RS-CHALLENGE-18"],
        &[Act::Answer(
            refused,
            Change::MapHeader("www-authenticate", |field| without_param(field, "resource_metadata")),
        )],
    ),
    mutant(
        "names a metadata URL where there is none",
        &["RS-CHALLENGE-07"],
        &["RS-PRM-06"],
        &[Act::Answer(metadata_by_challenge, Change::Json(404, r#"{"error":"not found"}"#))],
    ),
    mutant(
        "says invalid_token to a request without one",
        &["RS-CHALLENGE-08"],
        &[],
        &[Act::Answer(
            refused_without_token,
            Change::MapHeader("www-authenticate", |field| format!("{field}, error=\"invalid_token\"")),
        )],
    ),
    mutant(
        "refuses a token without saying invalid_token",
        &["RS-CHALLENGE-09"],
        &[],
        &[Act::Answer(
            refused_with_token,
            Change::MapHeader("www-authenticate", |field| without_param(field, "error")),
        )],
    ),
    at(
        with_audience,
        mutant(
            "answers a token for another host with 403",
            &["RS-CHALLENGE-10"],
            &["RS-CHALLENGE-05", "RS-CHALLENGE-09"],
            &[Act::Answer(
                |request, response| refused(request, response) && presents(request, token!("a token for another host")),
                Change::Status(403),
            )],
        ),
    ),
    mutant(
        "answers an unreadable token with 500",
        &["RS-TOKEN-05"],
        &[],
        &[Act::Answer(|request, _| presents(request, token!("three dots")), Change::Status(500))],
    ),
    mutant(
        "answers an expired token with 400",
        &["RS-CHALLENGE-10"],
        &["RS-CHALLENGE-05", "RS-CHALLENGE-09"],
        &[Act::Answer(
            |request, response| refused(request, response) && presents(request, token!("a token that has expired")),
            Change::Status(400),
        )],
    ),
    mutant(
        "does not say which scopes it needs",
        &["RS-CHALLENGE-11"],
        &[],
        &[Act::Answer(refused_list, Change::MapHeader("www-authenticate", |field| without_param(field, "scope")))],
    ),
    mutant(
        "asks outsiders for other scopes now and then",
        &["RS-CHALLENGE-12"],
        &[],
        &[Act::Answer(
            |request, _| request.purpose.is(&Tried::ListByOutsider { time: 4 }),
            Change::MapHeader("www-authenticate", |field| {
                format!("{}, scope=\"email\"", without_param(field, "scope"))
            }),
        )],
    ),
    mutant(
        "asks for offline_access in the challenge",
        &["RS-CHALLENGE-13"],
        &[],
        &[Act::Answer(
            refused_list,
            Change::MapHeader("www-authenticate", |field| {
                format!("{}, scope=\"openid offline_access\"", without_param(field, "scope"))
            }),
        )],
    ),
    mutant(
        "tells outsiders which tools there are",
        &["RS-CHALLENGE-20"],
        &[],
        &[Act::Answer(
            |request, _| request.purpose.is(&ByOutsider::MissingTool),
            Change::Json(404, r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"no such tool"}}"#),
        )],
    ),
    mutant(
        "tells outsiders which methods there are",
        &["RS-CHALLENGE-20"],
        &[],
        &[Act::Answer(
            |request, _| request.purpose.is(&ByOutsider::UnknownMethod),
            Change::Json(401, r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no such method"}}"#),
        )],
    ),
    mutant(
        "tells outsiders what is wrong with arguments",
        &["RS-CHALLENGE-20"],
        &[],
        &[Act::Answer(|request, _| request.purpose.is(&ByOutsider::BrokenArguments), Change::Status(400))],
    ),
];
