//! What a client sends to an authorization server: PKCE (RFC 7636) and resource indicators (RFC 8707).

use super::Finding;
use crate::wire::Exchange;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

/// The requests of a client that matter here, in order.
#[derive(Clone, Debug, Default)]
pub struct ClientFlow {
    /// Requests to the authorization endpoint.
    pub authorization: Vec<Exchange>,
    /// Requests to the token endpoint that redeem a code.
    pub redemption: Vec<Exchange>,
    /// What became of the run, in words.
    pub ending: String,
}

fn each(exchanges: &[Exchange], what: &str, ending: &str, judge: impl Fn(&Exchange) -> Finding) -> Vec<Finding> {
    if exchanges.is_empty() {
        let reason = format!("the client made no {what} request; {ending}");
        return vec![Finding::inconclusive(format!("at least one {what} request"), reason, Vec::new())];
    }
    exchanges.iter().map(judge).collect()
}

fn shown(name: &str, values: &[String]) -> String {
    match values {
        [] => format!("no {name}"),
        [one] => format!("{name}={one}"),
        several => format!("{name} {} times", several.len()),
    }
}

impl ClientFlow {
    /// Every authorization request carries `name` exactly once, with a value that `fits`.
    #[must_use]
    pub fn authorization_has(&self, name: &str, expected: &str, fits: impl Fn(&str) -> bool) -> Vec<Finding> {
        each(&self.authorization, "authorization", &self.ending, |exchange| {
            let values = exchange.request.query(name);
            let holds = matches!(values.as_slice(), [one] if fits(one));
            Finding::check(holds, expected, shown(name, &values), exchange)
        })
    }

    /// Every redemption carries `name` exactly once, with a value that `fits`.
    #[must_use]
    pub fn redemption_has(&self, name: &str, expected: &str, fits: impl Fn(&str) -> bool) -> Vec<Finding> {
        each(&self.redemption, "token", &self.ending, |exchange| {
            let values = exchange.request.form(name);
            let holds = matches!(values.as_slice(), [one] if fits(one));
            let seen = if name == "code_verifier" { shown_secret(name, &values) } else { shown(name, &values) };
            Finding::check(holds, expected, seen, exchange)
        })
    }

    /// Every redemption carries the verifier whose hash is the challenge of the authorization request before it.
    #[must_use]
    pub fn verifier_matches(&self) -> Vec<Finding> {
        let expected = "a code_verifier whose SHA-256 is the code_challenge of the authorization request";
        each(&self.redemption, "token", &self.ending, |exchange| {
            let challenge = self
                .authorization
                .iter()
                .rfind(|request| request.number < exchange.number)
                .and_then(|request| request.request.query("code_challenge").pop());
            let verifier = exchange.request.form("code_verifier").pop();
            let (Some(challenge), Some(verifier)) = (challenge, verifier) else {
                return Finding::check(false, expected, "no verifier, or no challenge before it", exchange);
            };
            let matches = s256(&verifier) == challenge;
            let actual = if matches { "they match" } else { "the verifier hashes to something else" };
            Finding::check(matches, expected, actual, exchange)
        })
    }
}

fn shown_secret(name: &str, values: &[String]) -> String {
    match values {
        [one] => format!("{name} of {} characters", one.chars().count()),
        values => shown(name, values),
    }
}

/// The S256 code challenge of a verifier (RFC 7636 §4.2).
#[must_use]
pub fn s256(verifier: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, verifier.as_bytes());
    BASE64_URL_SAFE_NO_PAD.encode(digest)
}

/// Whether a verifier has 43 to 128 unreserved characters (RFC 7636 §4.1).
#[must_use]
pub fn is_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_7636_holds() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert!(is_verifier(verifier));
        assert_eq!(s256(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
