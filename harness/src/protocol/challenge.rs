//! The `WWW-Authenticate` field, read by the grammar of RFC 9110 §11.6.1.
//!
//! The reader is strict because the sender is the party under judgement; what a lenient recipient would make of a
//! broken field does not matter here. It has no opinion on what a challenge must hold.

use crate::wire::Response;
use http::header::WWW_AUTHENTICATE;

/// One challenge: a scheme with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The scheme as written.
    pub scheme: String,
    /// The parameters in order, with names as written and values unquoted.
    pub params: Vec<(String, String)>,
    /// Credentials in the token68 form, which Bearer does not use.
    pub token68: Option<String>,
}

impl Challenge {
    /// Whether the scheme is Bearer.
    #[must_use]
    pub fn is_bearer(&self) -> bool {
        self.scheme.eq_ignore_ascii_case("Bearer")
    }

    /// The first value of a parameter.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// Where a field breaks the grammar.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("at byte {at}: {what}")]
pub struct SyntaxError {
    /// The offset in the field value.
    pub at: usize,
    /// What stands there.
    pub what: &'static str,
}

/// Reads one field value.
///
/// # Errors
/// The first place that breaks the grammar, empty list elements included: a sender must not make them (RFC 9110
/// §5.6.1.1).
pub fn parse(field: &str) -> Result<Vec<Challenge>, SyntaxError> {
    let mut reader = Reader { text: field.as_bytes(), at: 0 };
    let mut challenges: Vec<Challenge> = Vec::new();
    loop {
        reader.spaces();
        match (reader.param()?, challenges.last_mut()) {
            (Some(param), Some(challenge)) if challenge.token68.is_none() => challenge.params.push(param),
            (Some(_), _) => return Err(reader.error("a parameter without a scheme before it")),
            (None, _) => challenges.push(reader.challenge()?),
        }
        reader.spaces();
        match reader.peek() {
            None => return Ok(challenges),
            Some(b',') => reader.at += 1,
            Some(_) => return Err(reader.error("neither a comma nor the end")),
        }
    }
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn error(&self, what: &'static str) -> SyntaxError {
        SyntaxError { at: self.at, what }
    }

    fn spaces(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
    }

    fn token(&mut self) -> Option<String> {
        let start = self.at;
        while self.peek().is_some_and(is_tchar) {
            self.at += 1;
        }
        (self.at > start).then(|| String::from_utf8_lossy(&self.text[start..self.at]).into_owned())
    }

    /// `token BWS "=" BWS ( token / quoted-string )`, or nothing and no progress.
    fn param(&mut self) -> Result<Option<(String, String)>, SyntaxError> {
        let start = self.at;
        let Some(name) = self.token() else { return Ok(None) };
        self.spaces();
        if self.peek() != Some(b'=') {
            self.at = start;
            return Ok(None);
        }
        self.at += 1;
        // No value begins with another `=`: these are credentials in the token68 form, which end with some.
        if self.peek() == Some(b'=') {
            self.at = start;
            return Ok(None);
        }
        self.spaces();
        let value = if self.peek() == Some(b'"') { self.quoted()? } else { self.bare()? };
        Ok(Some((name, value)))
    }

    fn bare(&mut self) -> Result<String, SyntaxError> {
        let value = self.token().ok_or_else(|| self.error("a parameter without a value"))?;
        match self.peek() {
            None | Some(b',' | b' ' | b'\t') => Ok(value),
            Some(_) => Err(self.error("a character that needs quotes around the value")),
        }
    }

    fn quoted(&mut self) -> Result<String, SyntaxError> {
        let opened = self.at;
        self.at += 1;
        let mut value = Vec::new();
        loop {
            match self.peek() {
                None => return Err(SyntaxError { at: opened, what: "a quote that is not closed" }),
                Some(b'"') => break,
                Some(b'\\') => {
                    self.at += 1;
                    value.push(self.peek().ok_or_else(|| self.error("nothing behind a backslash"))?);
                }
                Some(byte @ (b'\t' | b' '..=b'~' | 0x80..)) => value.push(byte),
                Some(_) => return Err(self.error("a control character in a quoted string")),
            }
            self.at += 1;
        }
        self.at += 1;
        Ok(String::from_utf8_lossy(&value).into_owned())
    }

    fn challenge(&mut self) -> Result<Challenge, SyntaxError> {
        let scheme = self.token().ok_or_else(|| match (self.at, self.peek()) {
            (0, None) => self.error("the field is empty"),
            (_, None) => self.error("nothing behind the last comma"),
            (_, Some(b',')) => self.error("nothing between two commas"),
            _ => self.error("no scheme where one is due"),
        })?;
        let mut challenge = Challenge { scheme, params: Vec::new(), token68: None };
        match self.peek() {
            None | Some(b',') => return Ok(challenge),
            Some(b' ') => self.spaces(),
            Some(_) => return Err(self.error("no space behind the scheme")),
        }
        if self.peek().is_none_or(|byte| byte == b',') {
            return Ok(challenge);
        }
        if self.is_token68() {
            challenge.token68 = Some(self.token68()?);
        } else if let Some(param) = self.param()? {
            challenge.params.push(param);
        } else {
            return Err(self.error("neither parameters nor credentials behind the scheme"));
        }
        Ok(challenge)
    }

    /// Whether credentials stand here and no parameter: nothing but padding behind them up to the comma or the end.
    fn is_token68(&self) -> bool {
        let mut ahead = Reader { text: self.text, at: self.at };
        ahead.token68().is_ok() && {
            ahead.spaces();
            ahead.peek().is_none_or(|byte| byte == b',')
        }
    }

    fn token68(&mut self) -> Result<String, SyntaxError> {
        let start = self.at;
        while self.peek().is_some_and(|b| b.is_ascii_alphanumeric() || b"-._~+/".contains(&b)) {
            self.at += 1;
        }
        while self.at > start && self.peek() == Some(b'=') {
            self.at += 1;
        }
        if self.at == start {
            return Err(self.error("neither parameters nor credentials behind the scheme"));
        }
        Ok(String::from_utf8_lossy(&self.text[start..self.at]).into_owned())
    }
}

fn is_tchar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// All Bearer challenges of an answer that can be read; fields that cannot are passed over.
#[must_use]
pub fn bearer(response: &Response) -> Option<Challenge> {
    let fields = response.header_values(&WWW_AUTHENTICATE);
    fields.iter().filter_map(|field| parse(field).ok()).flatten().find(Challenge::is_bearer)
}

/// The first field that cannot be read, and where it breaks the grammar.
#[must_use]
pub fn unreadable(response: &Response) -> Option<(String, SyntaxError)> {
    let fields = response.header_values(&WWW_AUTHENTICATE).into_iter();
    fields.filter_map(|field| parse(&field).err().map(|error| (field, error))).next()
}

/// The field that looks like `WWW-Authenticate` under another name, as gateways leave it that rename what comes from
/// behind them, with its value.
#[must_use]
pub fn renamed(response: &Response) -> Option<(String, String)> {
    let named = |name: &str| name.ends_with("www-authenticate") && name != WWW_AUTHENTICATE.as_str();
    let (name, value) = response.headers.iter().find(|(name, _)| named(name.as_str()))?;
    Some((name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
}

/// Whether an answer has a challenge of this scheme.
#[must_use]
pub fn has_scheme(response: &Response, scheme: &str) -> bool {
    let fields = response.header_values(&WWW_AUTHENTICATE);
    let mut challenges = fields.iter().filter_map(|field| parse(field).ok()).flatten();
    challenges.any(|challenge| challenge.scheme.eq_ignore_ascii_case(scheme))
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
    #[case::bare("Bearer", vec![challenge("Bearer", &[])])]
    #[case::token_value("Bearer realm=mcp", vec![challenge("Bearer", &[("realm", "mcp")])])]
    #[case::quoted(r#"Bearer a="x, y", b = "\"z""#, vec![challenge("Bearer", &[("a", "x, y"), ("b", "\"z")])])]
    #[case::two(r#"Basic realm="r", Bearer scope="a b""#,
        vec![challenge("Basic", &[("realm", "r")]), challenge("Bearer", &[("scope", "a b")])])]
    #[case::bare_then_other(r#"Negotiate, Bearer a=b"#, vec![challenge("Negotiate", &[]), challenge("Bearer", &[("a", "b")])])]
    fn reads_what_the_grammar_allows(#[case] field: &str, #[case] expected: Vec<Challenge>) {
        assert_eq!(parse(field).unwrap(), expected);
    }

    #[test]
    fn reads_credentials_in_the_token68_form() {
        assert_eq!(parse("Negotiate oYG0==").unwrap()[0].token68.as_deref(), Some("oYG0=="));
    }

    #[rstest]
    #[case("Bearer a=\"b\", c=\"d", "at byte 16: a quote that is not closed")]
    #[case("Bearer a=\"b\",", "at byte 13: nothing behind the last comma")]
    #[case("Bearer a=\"b\",, c=d", "at byte 13: nothing between two commas")]
    #[case("", "at byte 0: the field is empty")]
    fn says_where_the_grammar_is_broken(#[case] field: &str, #[case] expected: &str) {
        assert_eq!(parse(field).unwrap_err().to_string(), expected);
    }

    #[rstest]
    #[case::unquoted_url("Bearer resource_metadata=https://h/x")]
    #[case::trailing_comma(r#"Bearer a="b","#)]
    #[case::no_end(r#"Bearer a="b"#)]
    #[case::no_scheme(r#"a="b""#)]
    #[case::missing_comma(r#"Bearer a="b" c="d""#)]
    #[case::curly_quotes("Bearer a=\u{201c}b\u{201d}")]
    #[case::empty("")]
    #[case::no_value("Bearer a=, b=c")]
    #[case::no_value_behind("Bearer a=b, c=")]
    fn refuses_what_the_grammar_forbids(#[case] field: &str) {
        assert!(parse(field).is_err(), "{:?}", parse(field));
    }
}
