//! What a server asks for in `WWW-Authenticate`: the grammar of RFC 9110 section 11.6.1, and nothing about what to do next.
//!
//! Several challenges may share one field or stand in several fields; parameter names and schemes have no case; values
//! are tokens or quoted strings. A malformed element is skipped, so that it cannot hide the well-formed ones around it.

use http::{HeaderMap, header::WWW_AUTHENTICATE};

use crate::scopes::Scopes;

/// One challenge: a scheme with its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// The authentication scheme as the server wrote it, for example `Bearer`.
    pub scheme: String,
    /// Parameters in order, names in lower case, values unquoted and unescaped.
    pub parameters: Vec<(String, String)>,
}

impl Challenge {
    /// The first parameter of that name; `name` in lower case.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Reads every challenge of one `WWW-Authenticate` field value.
#[must_use]
pub fn parse_challenges(field: &str) -> Vec<Challenge> {
    let mut reader = Reader { rest: field };
    let mut challenges: Vec<Challenge> = Vec::new();
    while reader.skip_to_element() {
        let Some(word) = reader.token() else {
            reader.skip_element();
            continue;
        };
        if reader.equals_sign() {
            match (reader.value(), challenges.last_mut()) {
                (Some(value), Some(challenge)) => challenge.parameters.push((word.to_ascii_lowercase(), value)),
                _ => reader.skip_element(),
            }
        } else {
            challenges.push(Challenge { scheme: word.to_owned(), parameters: Vec::new() });
            reader.skip_token68();
        }
    }
    challenges
}

/// What the OAuth code wants to know of a refusal: the Bearer challenge (RFC 6750 section 3, RFC 9728 section 5.1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct BearerChallenge {
    pub(crate) resource_metadata: Option<String>,
    pub(crate) scopes: Option<Scopes>,
    pub(crate) error: Option<String>,
}

impl BearerChallenge {
    /// The Bearer challenge among all fields of an answer; the one that names metadata wins. `None` without any.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let fields = headers.get_all(WWW_AUTHENTICATE).iter();
        let bearer: Vec<Challenge> = fields
            .flat_map(|field| parse_challenges(&String::from_utf8_lossy(field.as_bytes())))
            .filter(|challenge| challenge.scheme.eq_ignore_ascii_case("bearer"))
            .collect();
        let chosen = bearer.iter().find(|c| c.parameter("resource_metadata").is_some()).or_else(|| bearer.first())?;
        Some(Self {
            resource_metadata: chosen.parameter("resource_metadata").map(str::to_owned),
            scopes: chosen.parameter("scope").and_then(Scopes::parse),
            error: chosen.parameter("error").map(str::to_owned),
        })
    }

    /// Whether the server says that the token was good but too narrow.
    pub(crate) fn asks_for_more_scope(&self) -> bool {
        self.error.as_deref() == Some("insufficient_scope")
    }
}

/// A cursor over the field. Every method leaves it behind what it has understood.
struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn skip_whitespace(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t']);
    }

    /// Goes to the next list element; false at the end. Lists may have empty elements.
    fn skip_to_element(&mut self) -> bool {
        self.rest = self.rest.trim_start_matches([' ', '\t', ',']);
        !self.rest.is_empty()
    }

    fn take_while(&mut self, accept: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !accept(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    fn token(&mut self) -> Option<&'a str> {
        let token = self.take_while(is_token_character);
        (!token.is_empty()).then_some(token)
    }

    fn equals_sign(&mut self) -> bool {
        let ahead = self.rest.trim_start_matches([' ', '\t']);
        let Some(rest) = ahead.strip_prefix('=') else { return false };
        self.rest = rest;
        self.skip_whitespace();
        true
    }

    /// A token or a quoted string. `None` if neither is there or the quote is never closed.
    fn value(&mut self) -> Option<String> {
        let Some(quoted) = self.rest.strip_prefix('"') else {
            return self.token().map(str::to_owned);
        };
        let mut value = String::new();
        let mut characters = quoted.char_indices();
        while let Some((at, character)) = characters.next() {
            match character {
                '"' => {
                    self.rest = quoted.get(at + 1..).unwrap_or_default();
                    return Some(value);
                }
                '\\' => value.push(characters.next()?.1),
                other => value.push(other),
            }
        }
        None
    }

    /// After a scheme: credentials in token68 form, which end the challenge. Anything else is left for the next round.
    fn skip_token68(&mut self) {
        let before = self.rest;
        self.skip_whitespace();
        let body = self.take_while(|c| c.is_ascii_alphanumeric() || "-._~+/".contains(c));
        self.take_while(|c| c == '=');
        self.skip_whitespace();
        let ended = self.rest.is_empty() || self.rest.starts_with(',');
        if body.is_empty() || !ended {
            self.rest = before;
        }
    }

    /// Leaves a malformed element behind, up to the next comma that is not inside quotes.
    fn skip_element(&mut self) {
        let mut quoted = false;
        let mut escaped = false;
        let end = self.rest.find(|c| {
            let is_end = c == ',' && !quoted;
            quoted ^= c == '"' && !escaped;
            escaped = c == '\\' && quoted && !escaped;
            is_end
        });
        self.rest = end.and_then(|end| self.rest.get(end..)).unwrap_or_default();
    }
}

/// The characters of `token` in RFC 9110 section 5.6.2.
fn is_token_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)
}
