//! What an authorization server can do wrong with codes at its token endpoint.

use crate::bench::Redeeming;
use crate::rules::authority::mutants::*;

fn redemption(request: &Request, response: &Response) -> bool {
    request.purpose.is(&Redeeming::Properly) && response.status == 200
}

fn replay(request: &Request, _: &Response) -> bool {
    request.purpose.is(&Redeeming::Again)
}

fn another_verifier(request: &Request, response: &Response) -> bool {
    request.purpose.is(&Redeeming::WithAnotherVerifier) && response.status != 200
}

const TOKENS: &str = r#"{"access_token":"eyJhbGciOiJSUzI1NiJ9.e30.c2ln","token_type":"Bearer","expires_in":3600}"#;

pub(crate) const MUTANTS: &[Mutant] = &[
    mutant(
        "gives no tokens for its code",
        &["AS-AUTHZ-01", "AS-TOKEN-01"],
        &[],
        &[Act::Answer(redemption, Change::Json(400, r#"{"error":"invalid_grant"}"#))],
    ),
    mutant(
        "leaves out token_type",
        &["AS-TOKEN-01"],
        &["AS-AUTHZ-01"],
        &[Act::Answer(redemption, Change::MapJson(|json| drop(json.as_object_mut().map(|o| o.remove("token_type")))))],
    ),
    mutant("redeems a code twice", &["AS-CODE-01"], &[], &[Act::Answer(replay, Change::Json(200, TOKENS))]),
    mutant(
        "does not compare the code verifier",
        &["AS-PKCE-03"],
        &[],
        &[Act::Answer(another_verifier, Change::Json(200, TOKENS))],
    ),
];
