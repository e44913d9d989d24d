//! What an answer shows of the inside of a server: traces of its calls, and what it has read in a token. Pure.

use crate::findings::{Finding, answer};
use crate::protocol::reply;
use crate::tokens::forge::Draft;
use crate::wire::Exchange;
use regex::Regex;
use secrecy::ExposeSecret as _;
use serde_json::Value;
use std::sync::LazyLock;

/// Claims that name a person, a client or a token.
const TELLING: [&str; 7] = ["sub", "username", "email", "preferred_username", "client_id", "jti", "origin_jti"];
/// A value that is shorter stands in an answer by chance.
const SHORTEST: usize = 5;

/// Lines as the traces of common languages have them.
static TRACES: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let lines = [
        r"Traceback \(most recent call last\)",
        r#"File "[^"]+\.py", line \d+"#,
        r"\bat [^\s()]+ \((?:file://|node:|/)[^()\s]+:\d+:\d+\)",
        r"\bat [\w$.<>]+\([\w$]+\.(?:java|kt|scala):\d+\)",
        r"\bat [\w.<>`]+\([^)]*\) in [^\s]+\.cs:line \d+",
        r"goroutine \d+ \[\w+",
        r"panicked at [^\s]+\.rs:\d+:\d+",
        r"#\d+ /[^\s]+\.php\(\d+\)",
        r"[^\s]+\.rb:\d+:in [`']",
    ];
    lines.iter().filter_map(|line| Regex::new(line).ok()).collect()
});

/// An answer shows neither a stack trace nor what the presented token says.
#[must_use]
pub(crate) fn shows_nothing_of_the_inside(exchange: &Exchange) -> Finding {
    let expected = "an answer without a stack trace and without claims of the token";
    let Some(response) = exchange.response() else { return answer::unanswered(exchange, expected) };
    let content = String::from_utf8_lossy(&response.body);
    // In JSON a line break is written as two characters, which would hide where a line begins.
    let content = content.replace("\\n", "\n").replace("\\\"", "\"");
    let trace = TRACES.iter().find_map(|line| line.find(&content)).map(|found| format!("“{}”", found.as_str()));
    let claim = told_claim(exchange, &content).map(|name| format!("the claim {name} of the token"));
    let found = trace.or(claim);
    let actual = match &found {
        Some(found) => format!("{}: {}, and it shows {found}", exchange.request.label(), reply::shown(response)),
        None => format!("{}: {}, and it shows neither", exchange.request.label(), reply::shown(response)),
    };
    Finding::check(found.is_none(), expected, actual, exchange)
}

/// The claim of the presented token whose value stands in the content.
fn told_claim(exchange: &Exchange, content: &str) -> Option<&'static str> {
    let token = exchange.request.presented.as_ref()?.token.expose_secret();
    let claims = Draft::from_genuine(token).ok()?.claims;
    let value = |name: &str| claims.get(name).and_then(Value::as_str).filter(|value| value.len() >= SHORTEST);
    TELLING.into_iter().find(|name| value(name).is_some_and(|value| content.contains(value)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Verdict;
    use crate::token_name::VALID;
    use crate::wire::{Presented, Request, Response};
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;
    use rstest::rstest;
    use std::time::Duration;

    fn answered(body: &str) -> Exchange {
        let part = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        let token = format!("{}.{}.sig", part("{}"), part(r#"{"sub":"user-4711","jti":"short"}"#));
        let mut request = Request::get("a request", "http://localhost/mcp");
        request.presented = Some(Presented { name: VALID, token: token.into() });
        let (headers, body) = (http::HeaderMap::new(), body.to_owned().into());
        let answer = Ok(Response { status: 401, headers, body, truncated: false });
        Exchange { number: 1, request, answer, honest: None, took: Duration::ZERO }
    }

    #[rstest]
    #[case::nothing("", Verdict::Met)]
    #[case::words(r#"{"error":"invalid_token","error_description":"The token has expired"}"#, Verdict::Met)]
    #[case::at_a_time("The token expired at 12:30:15 (one hour ago)", Verdict::Met)]
    #[case::node(r#"{"stack":"Error: x\n    at check (/app/auth.js:10:5)"}"#, Verdict::Violated)]
    #[case::python(r#"{"detail":"Traceback (most recent call last):"}"#, Verdict::Violated)]
    #[case::java("at org.example.Filter.check(Filter.java:12)", Verdict::Violated)]
    #[case::rust("thread 'main' panicked at src/auth.rs:3:7", Verdict::Violated)]
    #[case::claim("no such user: user-4711", Verdict::Violated)]
    fn traces_and_claims_are_told_from_words(#[case] body: &str, #[case] expected: Verdict) {
        assert_eq!(shows_nothing_of_the_inside(&answered(body)).verdict, expected);
    }
}
