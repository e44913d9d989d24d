//! What an MCP server can do wrong with extensions.

use super::purpose::{ClientExtensions, Having};
use crate::bench::Under;
use crate::rules::server::mutants::*;

/// The request is served. A valid token in place of the machine's would not do: the session is the machine's.
macro_rules! accepts_of_machine {
    ($what:literal) => {
        mutant(
            concat!("accepts ", $what),
            &["EXT-CC-09"],
            &["RS-CHALLENGE-05", "RS-CHALLENGE-09"],
            &[Act::Answer(
                |request, _| presents(request, token!($what)),
                Change::Json(200, r#"{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}"#),
            )],
        )
    };
}

pub(crate) const MUTANTS: &[Mutant] = &[
    at(
        without_handshake,
        mutant(
            "fails on clients without its extension",
            &["EXT-NEG-02"],
            &[],
            &[Act::Answer(|request, _| says(request, ClientExtensions::None), Change::Status(500))],
        ),
    ),
    at(
        without_handshake,
        mutant(
            "fails on extensions that it does not know",
            &["EXT-NEG-02"],
            &[],
            &[Act::Answer(
                |request, _| says(request, ClientExtensions::Unknown),
                Change::Json(500, r#"{"error":"unknown extension"}"#),
            )],
        ),
    ),
    accepts_of_machine!("a token by client credentials that has expired"),
    accepts_of_machine!("a token by client credentials with a changed claim"),
    accepts_of_machine!("a token by client credentials signed by another key"),
    accepts_of_machine!("a token by client credentials for another host"),
    accepts_of_machine!("a token by client credentials of another issuer"),
];

/// Whether the client says that it has these extensions.
fn says(request: &Request, extensions: ClientExtensions) -> bool {
    Under::of::<Having>(request).is_some_and(|(_, having)| *having == Having(extensions))
}
