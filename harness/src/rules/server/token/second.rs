//! What a server can do wrong that asks its issuer about tokens, and one that is on another machine.

use crate::mutation::Subject;
use crate::rules::server::mutants::presents;
use crate::rules::server::second::*;
use crate::tokens::token;

pub(crate) const MUTANTS: &[Mutant] = &[
    second(
        "does not care that a token is not active any more",
        &["RS-TOKEN-10"],
        &[],
        &[Act::Accept(|request| presents(request, token!("a revoked token")))],
    ),
    second(
        "serves every client while its issuer cannot be asked",
        &["RS-TOKEN-18"],
        &[],
        &[Act::Accept(|request| presents(request, token!("a token about which the issuer gives no answer")))],
    ),
    Mutant {
        on: Subject::Remote,
        ..second(
            "looks at requests by plain http",
            &["RS-TOKEN-11"],
            &[],
            &[Act::Answer(
                |request, _| request.url.starts_with("http://"),
                Change::Json(401, r#"{"error":"invalid_token"}"#),
            )],
        )
    },
];
