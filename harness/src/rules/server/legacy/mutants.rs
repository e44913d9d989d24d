//! What an MCP server can do wrong as its own authorization server: each of these faults makes it one.

use crate::protocol::own_authority::AtHost;
use crate::rules::server::mutants::*;

const LATER: &[&str] =
    &["RS-LEGACY-01", "RS-LEGACY-02", "RS-LEGACY-04", "RS-LEGACY-05", "RS-LEGACY-06", "RS-LEGACY-08", "RS-LEGACY-09"];

const WHOLE: &str = r#"{"issuer":"{origin}","authorization_endpoint":"{origin}/authorize",
"token_endpoint":"{origin}/token","registration_endpoint":"{origin}/register","response_types_supported":["code"]}"#;
const WITHOUT_REGISTRATION: &str = r#"{"issuer":"{origin}","response_types_supported":["code"],
"authorization_endpoint":"{origin}/authorize","token_endpoint":"{origin}/token"}"#;
const WITH_PLAIN_HTTP: &str = r#"{"issuer":"{origin}","authorization_endpoint":"http://mcp.example/authorize",
"token_endpoint":"{origin}/token","response_types_supported":["code"]}"#;

/// An authorization server that registers clients and sends the browser on at this request.
macro_rules! sends_on {
    ($name:literal, $kills:literal, $at:ident, $location:literal) => {
        mutant(
            $name,
            &[$kills],
            LATER,
            &[
                Act::Answer(|request, _| request.purpose.is(&AtHost::RootMetadata), Change::Json(200, WHOLE)),
                Act::Answer(
                    |request, _| request.purpose.is(&AtHost::Registration),
                    Change::Json(201, r#"{"client_id":"c","redirect_uris":["https://client.example/callback"]}"#),
                ),
                Act::Answer(|request, _| request.purpose.is(&AtHost::GoodRequest), Change::Status(200)),
                Act::Answer(|request, _| request.purpose.is(&AtHost::$at), Change::SetHeader("location", $location)),
                Act::Answer(|request, _| request.purpose.is(&AtHost::$at), Change::Status(302)),
            ],
        )
    };
}

pub(crate) const MUTANTS: &[Mutant] = &[
    mutant(
        "serves authorization metadata with the path of its endpoint only",
        &["RS-LEGACY-01", "RS-LEGACY-02", "RS-LEGACY-03", "RS-LEGACY-04"],
        LATER,
        &[Act::Answer(|request, _| request.purpose.is(&AtHost::SuffixedMetadata), Change::Json(200, WHOLE))],
    ),
    mutant(
        "has a default authorization endpoint and no token endpoint",
        &["RS-LEGACY-02", "RS-LEGACY-03", "RS-LEGACY-04"],
        LATER,
        &[Act::Answer(|request, _| request.purpose.is(&AtHost::Authorization), Change::Status(302))],
    ),
    mutant(
        "is an authorization server without registration",
        &["RS-LEGACY-04"],
        LATER,
        &[Act::Answer(|request, _| request.purpose.is(&AtHost::RootMetadata), Change::Json(200, WITHOUT_REGISTRATION))],
    ),
    mutant(
        "has an authorization endpoint by plain http",
        &["RS-LEGACY-05"],
        LATER,
        &[Act::Answer(|request, _| request.purpose.is(&AtHost::RootMetadata), Change::Json(200, WITH_PLAIN_HTTP))],
    ),
    mutant(
        "registers every redirect URI",
        &["RS-LEGACY-05"],
        LATER,
        &[
            Act::Answer(
                |request, _| request.purpose.is(&AtHost::RootMetadata),
                Change::Json(200, WITHOUT_REGISTRATION),
            ),
            Act::Answer(
                |request, _| request.purpose.get().is_some_and(|at: &AtHost| at.is_registration()),
                Change::Json(201, r#"{"client_id":"c","redirect_uris":["http://client.example/callback"]}"#),
            ),
        ],
    ),
    sends_on!(
        "sends the browser to any redirect URI",
        "RS-LEGACY-08",
        ForeignRedirect,
        "https://evil.example/callback?code=a"
    ),
    sends_on!(
        "issues codes without a code challenge",
        "RS-LEGACY-09",
        NoChallenge,
        "https://client.example/callback?code=a"
    ),
];
