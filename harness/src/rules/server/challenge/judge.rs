//! What a challenge must hold, by RFC 6750 §3, RFC 9728 §5.1 and MCP. Pure.

mod given_out;
mod outsider;
mod refusal;

pub(super) use given_out::no_message_got_through;
pub(crate) use given_out::nothing_was_given_out;
pub(super) use outsider::refusals_are_alike;
pub(crate) use refusal::{Look, look_at};
pub(super) use refusal::{is_answered_with, is_refused_with};

use crate::findings::{Finding, answer};
use crate::protocol::challenge::{Challenge, bearer, parse, renamed};
use crate::wire::{Exchange, Response};
use http::header::WWW_AUTHENTICATE;

fn shown(response: &Response) -> String {
    let fields = response.header_values(&WWW_AUTHENTICATE);
    let header = match (fields.as_slice(), renamed(response)) {
        ([], Some((name, value))) => {
            format!("no WWW-Authenticate, but {name}: {value}. A gateway has renamed it, and no client looks there")
        }
        ([], None) => "no WWW-Authenticate".to_owned(),
        (fields, _) => {
            format!("WWW-Authenticate: {}", fields.iter().map(|field| read(field)).collect::<Vec<_>>().join(" | "))
        }
    };
    format!("HTTP {}, {header}", response.status)
}

/// A field with what keeps it from being read, so that a parameter is not missed that can be seen there.
fn read(field: &str) -> String {
    match parse(field) {
        Ok(_) => field.to_owned(),
        Err(error) => format!("{field} (which cannot be parsed: {error})"),
    }
}

fn on(exchange: &Exchange, expected: &str, judge: impl FnOnce(&Response) -> Result<(), String>) -> Finding {
    match exchange.response() {
        None => answer::unanswered(exchange, expected),
        Some(response) => match judge(response) {
            Ok(()) => Finding::check(true, expected, shown(response), exchange),
            Err(actual) => Finding::check(false, expected, actual, exchange),
        },
    }
}

/// The answer carries a `WWW-Authenticate` field (RFC 9110 §15.5.2).
#[must_use]
pub(crate) fn is_present(exchange: &Exchange) -> Finding {
    on(exchange, "a WWW-Authenticate header field", |response| {
        let present = response.headers.contains_key(WWW_AUTHENTICATE);
        if present { Ok(()) } else { Err(shown(response)) }
    })
}

/// One challenge uses Bearer and has at least one parameter (RFC 6750 §3).
#[must_use]
pub(crate) fn is_bearer_with_parameter(exchange: &Exchange) -> Finding {
    on(exchange, "a Bearer challenge with at least one parameter", |response| match bearer(response) {
        Some(challenge) if challenge.params.is_empty() => {
            Err(format!("Bearer without a parameter: {}", shown(response)))
        }
        Some(_) => Ok(()),
        None => Err(format!("no challenge with the scheme Bearer: {}", shown(response))),
    })
}

/// Every challenge can be read, repeats no parameter and keeps to the character sets of RFC 6750 §3.
#[must_use]
pub(crate) fn is_well_formed(exchange: &Exchange) -> Finding {
    let expected = "challenges by the grammar of RFC 9110, no parameter twice, values within RFC 6750's character sets";
    on(exchange, expected, |response| {
        for field in response.header_values(&WWW_AUTHENTICATE) {
            let challenges =
                parse(&field).map_err(|error| format!("it cannot be parsed, {error}: WWW-Authenticate: {field}"))?;
            for challenge in challenges.iter().filter(|challenge| challenge.is_bearer()) {
                flaw(challenge).map_or(Ok(()), |flaw| Err(format!("{flaw} in WWW-Authenticate: {field}")))?;
            }
        }
        Ok(())
    })
}

fn flaw(challenge: &Challenge) -> Option<String> {
    for (at, (name, value)) in challenge.params.iter().enumerate() {
        if challenge.params[..at].iter().any(|(earlier, _)| earlier.eq_ignore_ascii_case(name)) {
            return Some(format!("{name} stands twice"));
        }
        let permitted = match name.to_ascii_lowercase().as_str() {
            "scope" => value.split(' ').all(|token| !token.is_empty() && token.bytes().all(is_scope_char)),
            "error" | "error_description" => value.bytes().all(|byte| byte == b' ' || is_scope_char(byte)),
            "error_uri" => value.bytes().all(is_scope_char),
            _ => true,
        };
        if !permitted {
            return Some(format!("{name} holds a character that is not permitted"));
        }
    }
    None
}

/// `%x21 / %x23-5B / %x5D-7E` (RFC 6750 §3).
fn is_scope_char(byte: u8) -> bool {
    matches!(byte, 0x21 | 0x23..=0x5B | 0x5D..=0x7E)
}

/// The challenge has a parameter, with the value if one is asked for.
#[must_use]
pub(crate) fn has(exchange: &Exchange, name: &str, value: Option<&str>) -> Finding {
    let expected = match value {
        Some(value) => format!("a Bearer challenge with {name}=\"{value}\""),
        None => format!("a Bearer challenge with {name}"),
    };
    on(exchange, &expected, |response| {
        let found = bearer(response).and_then(|challenge| challenge.param(name).map(str::to_owned));
        match (found, value) {
            (Some(found), Some(value)) if found != value => Err(format!("{name} is \"{found}\": {}", shown(response))),
            (Some(_), _) => Ok(()),
            (None, _) => Err(format!("no {name} in it: {}", shown(response))),
        }
    })
}

/// The challenge is one for DPoP (RFC 9449 §7.1) and says which error it is.
#[must_use]
pub(crate) fn is_dpop_with_error(exchange: &Exchange) -> Finding {
    let expected = "a DPoP challenge with error=\"invalid_dpop_proof\" or error=\"invalid_token\"";
    let Some(response) = exchange.response() else { return answer::unanswered(exchange, expected) };
    let fields = response.header_values(&WWW_AUTHENTICATE);
    let challenges = fields.iter().filter_map(|field| parse(field).ok()).flatten();
    let errors: Vec<_> = challenges
        .filter(|challenge| challenge.scheme.eq_ignore_ascii_case("DPoP"))
        .filter_map(|challenge| challenge.param("error").map(str::to_owned))
        .collect();
    let holds = errors.iter().any(|error| error == "invalid_dpop_proof" || error == "invalid_token");
    Finding::check(holds, expected, format!("{}: {}", exchange.request.label(), fields.join(", ")), exchange)
}

/// The challenge has none of these parameters. No challenge at all has none of them either.
#[must_use]
pub(crate) fn has_none_of(exchange: &Exchange, names: &[&str]) -> Finding {
    on(exchange, &format!("a challenge without {}", names.join(", ")), |response| {
        let challenge = bearer(response);
        let found = challenge.iter().any(|challenge| names.iter().any(|name| challenge.param(name).is_some()));
        if found { Err(shown(response)) } else { Ok(()) }
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rstest::rstest;

    fn challenge(scheme: &str, params: &[(&str, &str)]) -> Challenge {
        let params = params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Challenge { scheme: scheme.to_owned(), params, token68: None }
    }

    #[rstest]
    #[case::twice(&[("scope", "a"), ("Scope", "b")], Some("Scope stands twice"))]
    #[case::double_space(&[("scope", "a  b")], Some("scope holds a character that is not permitted"))]
    #[case::quote(&[("error_description", "no \"kid\"")], Some("error_description holds a character that is not permitted"))]
    #[case::fine(&[("scope", "a b"), ("error", "invalid_token"), ("realm", "\"")], None)]
    fn finds_flaws_behind_the_grammar(#[case] params: &[(&str, &str)], #[case] expected: Option<&str>) {
        assert_eq!(flaw(&challenge("Bearer", params)).as_deref(), expected);
    }
}
