//! The line that sends a request again: for a shell, to be pasted as it is.
//!
//! What the record does not show has to be there as a variable. A token of an issuer that the harness plays is made by
//! `harness token`; any other is put into `TOKEN` by the person who repeats the request.

use crate::record::{ExchangeRecord, TestTokens};
use std::fmt::Write as _;

/// How the record begins what it does not show.
const HIDDEN: &str = "[redacted";

/// The line for a request.
pub(super) fn line(exchange: &ExchangeRecord, tokens: Option<&TestTokens>) -> String {
    let secret = if exchange.token.is_some() { "TOKEN" } else { "SECRET" };
    let mut command = making(exchange, tokens);
    // A path is sent as it is, brackets in it are meant as such, and a stream that stays open does not hold the shell.
    command.push_str("curl -i --globoff --path-as-is --max-time 10");
    let method = exchange.method.as_str();
    let _ =
        if method == "HEAD" { command.write_str(" --head") } else { write!(command, " -X {}", word(method, secret)) };
    let _ = write!(command, " {}", word(&exchange.url, secret));
    for (name, value) in &exchange.request_headers {
        // Curl takes a field without a value for one that is to be left out, unless it ends in a semicolon.
        let field = if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") };
        let _ = write!(command, " -H {}", word(&field, secret));
    }
    if !exchange.request_body.is_empty() {
        if !exchange.request_headers.iter().any(|(name, _)| name == "content-type") {
            command.push_str(" -H content-type:");
        }
        let _ = write!(command, " --data-raw {}", word(&exchange.request_body, secret));
    }
    command
}

/// Puts a token into `TOKEN`, where the harness can make it and the line does not show it.
fn making(exchange: &ExchangeRecord, tokens: Option<&TestTokens>) -> String {
    let fields = exchange.request_headers.iter().map(|(_, value)| value);
    let is_hidden = fields.chain([&exchange.url, &exchange.request_body]).any(|text| text.contains(HIDDEN));
    let (Some(name), Some(tokens), true) = (&exchange.token, tokens, is_hidden) else { return String::new() };
    let scopes = tokens.scopes.join(" ");
    let arguments = [name, "--issuer", &tokens.issuer, "--resource", &tokens.resource, "--scopes", &scopes];
    let words: Vec<_> = arguments.iter().map(|argument| word(argument, "")).collect();
    format!("TOKEN=$(harness token {}); ", words.join(" "))
}

/// A text as one word of a shell. What is hidden in it becomes a variable; control characters, which a terminal would
/// obey, are written as escapes.
fn word(text: &str, secret: &str) -> String {
    let mut pieces = text.split(HIDDEN);
    let mut words = pieces.next().map(literal).unwrap_or_default();
    for piece in pieces {
        let (_, rest) = piece.split_once(']').unwrap_or(("", piece));
        let _ = write!(words, "\"${secret}\"");
        if !rest.is_empty() {
            words.push_str(&literal(rest));
        }
    }
    words
}

fn literal(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    if !text.chars().any(char::is_control) {
        return format!("'{}'", text.replace('\'', "'\\''"));
    }
    let escaped = |c: char| match c {
        '\\' | '\'' => format!("\\{c}"),
        c if c.is_control() => c.to_string().bytes().map(|byte| format!("\\x{byte:02x}")).collect(),
        c => c.to_string(),
    };
    format!("$'{}'", text.chars().map(escaped).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn exchange(authorization: &str, token: Option<&str>, body: &str) -> ExchangeRecord {
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        ExchangeRecord {
            number: 1,
            label: "tools/list".to_owned(),
            token: token.map(str::to_owned),
            method: "POST".to_owned(),
            url: "http://localhost:8001/mcp".to_owned(),
            request_headers: vec![field("content-type", "application/json"), field("authorization", authorization)],
            request_body: body.to_owned(),
            status: Some(200),
            response_headers: Vec::new(),
            response_body: String::new(),
            failure: None,
            earlier: Vec::new(),
            edge: None,
            milliseconds: 1,
        }
    }

    const BEGINNING: &str = "curl -i --globoff --path-as-is --max-time 10 -X POST http://localhost:8001/mcp -H \
                             'content-type: application/json' -H ";

    #[rstest]
    #[case::shown_as_it_is("Bearer ...", Some("three dots"), "'authorization: Bearer ...'")]
    #[case::somebodys_token(
        "Bearer [redacted: a valid token]",
        Some("a valid token"),
        "'authorization: Bearer '\"$TOKEN\""
    )]
    #[case::another_secret("Basic [redacted]", None, "'authorization: Basic '\"$SECRET\"")]
    #[case::a_quote("Bearer it's", None, r"'authorization: Bearer it'\''s'")]
    #[case::a_control_character("Bearer a\tb", None, r"$'authorization: Bearer a\x09b'")]
    #[case::nothing("", None, "'authorization;'")]
    fn a_field_is_sent_as_it_was(#[case] value: &str, #[case] token: Option<&str>, #[case] shown: &str) {
        assert_eq!(line(&exchange(value, token, ""), None), format!("{BEGINNING}{shown}"));
    }

    #[test]
    fn a_token_of_a_played_issuer_is_made_first() {
        let tokens = TestTokens {
            issuer: "http://localhost:1".to_owned(),
            resource: "http://localhost:2/mcp".to_owned(),
            scopes: vec!["openid".to_owned(), "notes".to_owned()],
        };
        let hidden = exchange("Bearer [redacted: an ID token]", Some("an ID token"), "{}");
        let made = "TOKEN=$(harness token 'an ID token' --issuer http://localhost:1 --resource http://localhost:2/mcp \
                    --scopes 'openid notes'); ";
        let sent = "'authorization: Bearer '\"$TOKEN\" --data-raw '{}'";
        assert_eq!(line(&hidden, Some(&tokens)), format!("{made}{BEGINNING}{sent}"));

        let shown = exchange("Bearer eyJ.e30.", Some("an ID token"), "{}");
        assert!(line(&shown, Some(&tokens)).starts_with("curl "), "nothing has to be made");
    }
}
