//! What an MCP server can do wrong with extensions.

use super::purpose::{ClientExtensions, Having};
use crate::bench::Under;
use crate::rules::server::mutants::*;

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
    accepts!("a token by client credentials that has expired", &["EXT-CC-09"]),
    accepts!("a token by client credentials with a changed claim", &["EXT-CC-09"]),
    accepts!("a token by client credentials signed by another key", &["EXT-CC-09"]),
    accepts!("a token by client credentials for another host", &["EXT-CC-09"]),
    accepts!("a token by client credentials of another issuer", &["EXT-CC-09"]),
];

/// Whether the client says that it has these extensions.
fn says(request: &Request, extensions: ClientExtensions) -> bool {
    Under::of::<Having>(request).is_some_and(|(_, having)| *having == Having(extensions))
}
