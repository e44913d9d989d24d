//! What a client must do about PKCE (RFC 7636) in each authorization and token request.

use super::super::common::{Assertion, assertion, authorization_has, each, redemption_has};
use crate::bench::ClientRun;
use crate::findings::Finding;
use crate::protocol::pkce::{is_verifier, s256};

pub(crate) const ASSERTIONS: &[Assertion] = &[
    assertion("sends a code_challenge with each authorization request", "exactly one", |run| {
        authorization_has(run, "code_challenge", "one code_challenge", |value| !value.is_empty())
    }),
    assertion("says code_challenge_method S256 in each authorization request", "", |run| {
        authorization_has(run, "code_challenge_method", "code_challenge_method=S256", |value| value == "S256")
    }),
    assertion(
        "sends with each token request the code_verifier of its authorization request",
        "its S256 is the challenge",
        verifier_matches,
    ),
    assertion("makes each code_verifier of 43 to 128 unreserved characters", "RFC 7636 section 4.1", |run| {
        redemption_has(run, "code_verifier", "one code_verifier of 43 to 128 unreserved characters", is_verifier)
    }),
];

/// Every redemption carries the verifier whose hash is the challenge of the authorization request before it.
fn verifier_matches(run: &ClientRun) -> Vec<Finding> {
    let expected = "a code_verifier whose SHA-256 is the code_challenge of the authorization request";
    each(run, run.redemptions(), "token", |exchange| {
        let before = run.authorizations().filter(|request| request.number < exchange.number).last();
        let challenge = before.and_then(|request| request.request.query("code_challenge").pop());
        let verifier = exchange.request.form("code_verifier").pop();
        let (Some(challenge), Some(verifier)) = (challenge, verifier) else {
            return Finding::check(false, expected, "no verifier, or no challenge before it", exchange);
        };
        let matches = s256(&verifier) == challenge;
        let actual = if matches { "they match" } else { "the verifier hashes to something else" };
        Finding::check(matches, expected, actual, exchange)
    })
}
