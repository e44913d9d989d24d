//! What an MCP server can do wrong when it refuses a request.

use super::detour::{Detour, WithoutTokenBy};
use super::purpose::{ByOutsider, OldTransport};
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

fn refused_expired(request: &Request, response: &Response) -> bool {
    refused(request, response) && presents(request, token!("a token that has expired"))
}

/// What speaks of a Bearer challenge, so that nothing is left to look at where there is none that can be read.
const OF_THE_CHALLENGE: &[&str] = &[
    "RS-CHALLENGE-03",
    "RS-CHALLENGE-04",
    "RS-CHALLENGE-05",
    "RS-CHALLENGE-07",
    "RS-CHALLENGE-08",
    "RS-CHALLENGE-09",
    "RS-CHALLENGE-11",
    "RS-CHALLENGE-12",
    "RS-CHALLENGE-13",
    "RS-PRM-06",
];

/// A refusal of an expired token in another form than a 401.
macro_rules! answers_expired {
    ($what:literal, $change:expr) => {
        mutant(
            concat!("answers an expired token with ", $what),
            &["RS-CHALLENGE-10"],
            &["RS-JWT-14", "RS-TOKEN-06"],
            &[Act::Answer(refused_expired, $change)],
        )
    };
}

const RESULT: &str = r#"{"jsonrpc":"2.0","id":1,"result":{"tools":[],"resultType":"complete"}}"#;

/// A request without a token that is served when it takes this way.
macro_rules! opens {
    ($kills:literal, $name:literal, $($detour:ident)|+) => {
        mutant(
            $name,
            &[$kills],
            &[],
            &[Act::Answer(
                |request, _| {
                    matches!(request.purpose.get(), Some(WithoutTokenBy($(Detour::$detour)|+)))
                },
                Change::Json(200, RESULT),
            )],
        )
    };
}

/// A link to the metadata that leads nowhere.
macro_rules! names_metadata {
    ($what:literal, $url:literal) => {
        mutant(
            concat!("names its metadata ", $what),
            &["RS-CHALLENGE-07"],
            &["RS-PRM-06", "RS-CHALLENGE-18"],
            &[Act::Answer(
                refused,
                Change::MapHeader("www-authenticate", |field| {
                    format!("{}, resource_metadata=\"{}\"", without_param(field, "resource_metadata"), $url)
                }),
            )],
        )
    };
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
        &["RS-CHALLENGE-02"],
        OF_THE_CHALLENGE,
        &[Act::Answer(refused, Change::DropHeader("www-authenticate"))],
    ),
    mutant(
        "sends a bare Bearer",
        &["RS-CHALLENGE-03", "RS-CHALLENGE-05", "RS-CHALLENGE-09", "RS-CHALLENGE-11"],
        &["RS-CHALLENGE-07", "RS-PRM-06", "RS-CHALLENGE-12"],
        &[Act::Answer(refused, Change::SetHeader("www-authenticate", "Bearer"))],
    ),
    mutant(
        "offers Basic instead of Bearer",
        &["RS-CHALLENGE-03"],
        OF_THE_CHALLENGE,
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
        OF_THE_CHALLENGE,
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
        &["RS-CHALLENGE-07", "RS-PRM-06"],
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
    names_metadata!("by a relative reference", "/.well-known/oauth-protected-resource/mcp"),
    names_metadata!("at a port where nothing listens", "http://localhost:9/.well-known/oauth-protected-resource/mcp"),
    names_metadata!("by another scheme", "mcp://localhost/.well-known/oauth-protected-resource/mcp"),
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
            &[],
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
    answers_expired!("400", Change::Status(400)),
    answers_expired!("404", Change::Status(404)),
    answers_expired!("500", Change::Status(500)),
    answers_expired!("a redirect to a login page", Change::Status(302)),
    answers_expired!(
        "200 and a JSON-RPC error",
        Change::Json(200, r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"Invalid token"}}"#)
    ),
    answers_expired!(
        "the result of a tool that failed",
        Change::Json(200, r#"{"jsonrpc":"2.0","id":1,"result":{"content":[],"isError":true}}"#)
    ),
    mutant(
        "sends no WWW-Authenticate for a token that has expired",
        &["RS-CHALLENGE-02"],
        &[],
        &[Act::Answer(refused_expired, Change::DropHeader("www-authenticate"))],
    ),
    mutant(
        "has a gateway before it that renames WWW-Authenticate",
        &["RS-CHALLENGE-02"],
        OF_THE_CHALLENGE,
        &[
            Act::Answer(refused, Change::SetHeader("x-amzn-remapped-www-authenticate", "Bearer realm=\"mcp\"")),
            Act::Answer(refused, Change::DropHeader("www-authenticate")),
        ],
    ),
    mutant(
        "offers Basic instead of Bearer for a token that is no token",
        &["RS-CHALLENGE-03"],
        &[],
        &[Act::Answer(
            |request, response| refused(request, response) && presents(request, token!("32 random bytes")),
            Change::SetHeader("www-authenticate", "Basic realm=\"mcp\""),
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
    opens!(
        "RS-CHALLENGE-23",
        "checks the path to the letter and routes it without its last slash",
        Slash | DoubledSlash
    ),
    opens!("RS-CHALLENGE-23", "checks the path with regard to case and routes it without", OtherCase),
    opens!("RS-CHALLENGE-23", "checks the path before it is decoded", EscapedLetter | EscapedSlashes),
    opens!("RS-CHALLENGE-23", "routes a path without its parameters and its extension", Parameter | Extension),
    opens!("RS-CHALLENGE-23", "protects its endpoint and nothing below it", Below),
    opens!("RS-CHALLENGE-24", "takes the URL to check from a header field", OriginalUrl),
    opens!("RS-CHALLENGE-24", "takes the method to check from a header field", OtherMethod),
    opens!("RS-CHALLENGE-24", "takes its user from a header field", User | Identity),
    opens!("RS-CHALLENGE-24", "trusts clients by the address in a header field", Address),
    opens!("RS-CHALLENGE-24", "trusts what seems to come from its proxy", Scheme),
    opens!("RS-CHALLENGE-24", "trusts pages of its own origin", AllowedOrigin),
    opens!("RS-CHALLENGE-25", "carries out what comes by OPTIONS", Options),
    opens!("RS-CHALLENGE-25", "checks JSON only", TextType | FormType | NoType),
    opens!("RS-CHALLENGE-25", "does not check versions from before there was authorization", OldVersion),
    opens!("RS-CHALLENGE-25", "checks one of two methods in a message", MethodTwice | MethodFirst),
    opens!("RS-CHALLENGE-25", "does not check messages without an id", NoId),
    mutant(
        "checks the first message of a batch",
        &["RS-CHALLENGE-25"],
        &[],
        &[Act::Answer(
            |request, _| request.purpose.is(&WithoutTokenBy(Detour::InBatch)),
            Change::Rewrite(|request, response| {
                let sent: Vec<Value> = serde_json::from_slice(&request.body).unwrap_or_default();
                let results = sent.iter().map(|message| json!({ "jsonrpc": "2.0", "id": message["id"], "result": {} }));
                response.status = 200;
                response.body = Value::Array(results.collect()).to_string().into();
            }),
        )],
    ),
    mutant(
        "takes notifications that it does not know from outsiders",
        &["RS-CHALLENGE-25"],
        &[],
        &[Act::Answer(
            |request, _| request.purpose.is(&WithoutTokenBy(Detour::UnknownNotification)),
            Change::Status(202),
        )],
    ),
    at(
        with_handshake,
        mutant(
            "opens a stream by HEAD",
            &["RS-CHALLENGE-25"],
            &[],
            &[
                Act::Answer(
                    |request, _| request.purpose.is(&WithoutTokenBy(Detour::Head)),
                    Change::SetHeader("content-type", "text/event-stream"),
                ),
                Act::Answer(|request, _| request.purpose.is(&WithoutTokenBy(Detour::Head)), Change::Status(200)),
            ],
        ),
    ),
    mutant(
        "asks for no token at the message endpoint of the older transport",
        &["RS-CHALLENGE-26"],
        &[],
        &[
            Act::Answer(
                |request, _| request.purpose.is(&OldTransport::Stream),
                Change::Rewrite(|_, response| {
                    response.status = 200;
                    response.body = "event: endpoint\ndata: /messages?sessionId=1\n\n".into();
                }),
            ),
            Act::Answer(|request, _| request.purpose.is(&OldTransport::Message), Change::Json(200, RESULT)),
        ],
    ),
];
