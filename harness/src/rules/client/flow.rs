//! What a client sends to an authorization server: PKCE (RFC 7636) and resource indicators (RFC 8707).

use crate::bench::ClientFlow;
use crate::findings::Finding;
use crate::protocol::pkce::s256;
use crate::wire::Exchange;

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
    pub(crate) fn authorization_has(&self, name: &str, expected: &str, fits: impl Fn(&str) -> bool) -> Vec<Finding> {
        each(&self.authorization, "authorization", &self.ending, |exchange| {
            let values = exchange.request.query(name);
            let holds = matches!(values.as_slice(), [one] if fits(one));
            Finding::check(holds, expected, shown(name, &values), exchange)
        })
    }

    /// Every redemption carries `name` exactly once, with a value that `fits`.
    #[must_use]
    pub(crate) fn redemption_has(&self, name: &str, expected: &str, fits: impl Fn(&str) -> bool) -> Vec<Finding> {
        each(&self.redemption, "token", &self.ending, |exchange| {
            let values = exchange.request.form(name);
            let holds = matches!(values.as_slice(), [one] if fits(one));
            let seen = if name == "code_verifier" { shown_secret(name, &values) } else { shown(name, &values) };
            Finding::check(holds, expected, seen, exchange)
        })
    }

    /// Every redemption carries the verifier whose hash is the challenge of the authorization request before it.
    #[must_use]
    pub(crate) fn verifier_matches(&self) -> Vec<Finding> {
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
