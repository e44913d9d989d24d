//! What an MCP server can do wrong with HTTP in front of MCP.

use super::purpose::{ByBrowser, ForeignOrigin, InBody, InHeader, Malformed, Mirrored, Sent};
use crate::bench::ChosenScopes;
use crate::bench::ListeningSockets;
use crate::rules::server::mutants::*;

macro_rules! serves_origin {
    ($what:literal, $origin:ident, $also:expr) => {
        mutant(
            concat!("serves web pages of ", $what),
            &["RS-HTTP-01"],
            $also,
            &[Act::Mishear(
                |request| request.purpose.is(&Sent::FromForeign(ForeignOrigin::$origin)),
                Change::DropHeader("origin"),
            )],
        )
    };
}

macro_rules! answers_credentials {
    ($what:literal, $malformed:ident, $status:literal) => {
        mutant(
            concat!("answers ", $what, " with ", stringify!($status)),
            &["RS-CHALLENGE-14"],
            &[],
            &[Act::Answer(
                |request, _| request.purpose.is(&Sent::Credentials(Malformed::$malformed)),
                Change::Status($status),
            )],
        )
    };
}

/// The mismatch is not noticed: the answer is that of a request without one.
macro_rules! trusts_header {
    ($name:literal, $sent:expr) => {
        at(
            without_handshake,
            mutant(
                $name,
                &["RS-HTTP-06"],
                &[],
                &[Act::Answer(
                    |request, _| request.purpose.is(&$sent),
                    Change::Json(200, r#"{"jsonrpc":"2.0","id":1,"result":{"content":[]}}"#),
                )],
            ),
        )
    };
}

macro_rules! opens_with {
    ($what:literal, $malformed:ident) => {
        mutant(
            concat!("serves requests with ", $what),
            &["RS-CHALLENGE-22"],
            &[],
            &[Act::Accept(|request| request.purpose.is(&Sent::Credentials(Malformed::$malformed)))],
        )
    };
}

macro_rules! trusts_field {
    ($name:literal, $mirrored:ident) => {
        at(
            without_handshake,
            mutant(
                $name,
                &["RS-HTTP-08"],
                &[],
                &[Act::Answer(
                    |request, _| request.purpose.is(&Sent::Mirrored(Mirrored::$mirrored)),
                    Change::Json(200, r#"{"jsonrpc":"2.0","id":1,"result":{"content":[]}}"#),
                )],
            ),
        )
    };
}

pub(crate) const MUTANTS: &[Mutant] = &[
    serves_origin!("http://evil.example", Stranger, &["RS-HTTP-02"]),
    serves_origin!("null", Opaque, &["RS-HTTP-02"]),
    serves_origin!("a host that begins alike", BeginsAlike, &["RS-HTTP-02"]),
    serves_origin!("another port", AnotherPort, &[]),
    serves_origin!("the other scheme", OtherScheme, &[]),
    mutant(
        "answers a foreign origin with 400",
        &["RS-HTTP-02"],
        &[],
        &[Act::Answer(
            |request, _| request.purpose.is(&Sent::FromForeign(ForeignOrigin::Stranger)),
            Change::Status(400),
        )],
    ),
    mutant(
        "refuses every web page",
        &["RS-HTTP-03"],
        &[],
        &[Act::Answer(
            |request, _| matches!(request.purpose.get(), Some(Sent::FromAllowed(_))),
            Change::Json(403, r#"{"error":"forbidden"}"#),
        )],
    ),
    mutant(
        "serves requests for whatever host",
        &["RS-HTTP-04"],
        &[],
        &[Act::Mishear(|request| request.purpose.is(&Sent::ToForeignHost), Change::DropHeader("host"))],
    ),
    mutant(
        "listens on every network",
        &["RS-HTTP-05"],
        &[],
        &[Act::Answer(
            |request, _| request.purpose.get::<ListeningSockets>().is_some(),
            Change::MapJson(|document| set(document, "listening", json!(["127.0.0.1", "0.0.0.0"]))),
        )],
    ),
    trusts_header!(
        "decides by the header and acts by the content",
        Sent::Mismatch { header: InHeader::Harmless, body: InBody::Scoped, held: ChosenScopes::OnlyBase }
    ),
    trusts_header!(
        "does not read Base64 in the header",
        Sent::Mismatch { header: InHeader::HarmlessInBase64, body: InBody::Scoped, held: ChosenScopes::OnlyBase }
    ),
    trusts_header!(
        "does not compare header and content for a harmless tool",
        Sent::Mismatch { header: InHeader::Scoped, body: InBody::Harmless, held: ChosenScopes::OnlyBase }
    ),
    trusts_header!("does not read the tool in the header", Sent::OtherToolInHeader),
    trusts_header!(
        "does not compare header and content when the scope suffices",
        Sent::Mismatch { header: InHeader::Harmless, body: InBody::Scoped, held: ChosenScopes::All }
    ),
    trusts_field!("does not compare Mcp-Method with the method", OtherMethod),
    trusts_field!("does not compare the version in the header with that in the content", OtherVersion),
    trusts_field!("does without Mcp-Method", NoMethod),
    trusts_field!("does without Mcp-Name", NoName),
    mutant(
        "serves tools/list without a token",
        &["RS-CHALLENGE-01", "RS-HTTP-07"],
        &[
            "RS-CHALLENGE-02",
            "RS-CHALLENGE-03",
            "RS-CHALLENGE-04",
            "RS-CHALLENGE-05",
            "RS-CHALLENGE-06",
            "RS-CHALLENGE-07",
            "RS-CHALLENGE-08",
            "RS-CHALLENGE-11",
            "RS-CHALLENGE-13",
            "RS-CHALLENGE-18",
            "RS-CHALLENGE-23",
            "RS-CHALLENGE-24",
            "RS-CHALLENGE-25",
            "RS-PRM-06",
            "RS-TOKEN-01",
            "RS-TOKEN-04",
            "RS-TOKEN-03",
            "RS-TOKEN-13",
            "RS-TOKEN-16",
        ],
        &[Act::Accept(|request| anonymous(request, |operation| *operation == Operation::ToolsList))],
    ),
    answers_credentials!("Bearer and nothing else", SchemeOnly, 403),
    answers_credentials!("Bearer and two words", TwoWords, 401),
    answers_credentials!("characters that no token has", OddCharacters, 500),
    answers_credentials!("a token of 64 KiB", VeryLong, 500),
    opens_with!("a name and a password that the server does not check", Basic),
    opens_with!("a scheme that it leaves to a proxy", Negotiate),
    opens_with!("a scheme that it does not know", UnknownScheme),
    mutant(
        "takes the first of two Authorization fields",
        &["RS-CHALLENGE-14"],
        &[],
        &[Act::Accept(|request| request.purpose.is(&Sent::Credentials(Malformed::TwoFields)))],
    ),
    mutant(
        "lets pages call and asks their browsers for a token",
        &["RS-HTTP-09", "RS-HTTP-10"],
        &[],
        &[
            Act::Answer(
                |request, _| request.purpose.is(&ByBrowser::WithoutToken),
                Change::SetHeader("access-control-allow-origin", "*"),
            ),
            Act::Answer(|request, _| request.purpose.is(&ByBrowser::WithoutToken), Change::Status(401)),
            Act::Answer(|request, _| request.purpose.is(&ByBrowser::Preflight), Change::Status(401)),
        ],
    ),
    mutant(
        "lets every page send the cookies of its user",
        &["RS-HTTP-11"],
        &[],
        &[
            Act::Answer(
                |request, _| request.purpose.is(&ByBrowser::Stranger),
                Change::SetHeader("access-control-allow-origin", "https://evil.example"),
            ),
            Act::Answer(
                |request, _| request.purpose.is(&ByBrowser::Stranger),
                Change::SetHeader("access-control-allow-credentials", "true"),
            ),
        ],
    ),
    mutant(
        "marks what a user is answered for every cache",
        &["RS-HTTP-12"],
        &[],
        &[Act::Answer(
            |request, response| presents(request, &VALID) && response.status == 200,
            Change::SetHeader("cache-control", "public, max-age=300"),
        )],
    ),
];
