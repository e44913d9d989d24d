//! The one place that reads the name of a token from words: of a feature file when it runs, of the harness's own code when
//! it is compiled. Words that name no token do not get past it.

use super::forge::named;
use crate::token_name::{ForgeryName, Genuine, TokenName};
use std::str::FromStr;

/// Words that name no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no token; see features/README.md for the names")]
pub struct UnknownToken(pub String);

impl FromStr for TokenName {
    type Err = UnknownToken;

    fn from_str(words: &str) -> Result<Self, Self::Err> {
        if let Some(claim) = words.strip_prefix(Self::SCOPED) {
            return Ok(Self::scoped(claim));
        }
        match Genuine::ALL.into_iter().find(|genuine| genuine.as_str() == words) {
            Some(genuine) => Ok(Self::Genuine(genuine)),
            None => words.parse().map(Self::Forged),
        }
    }
}

impl FromStr for ForgeryName {
    type Err = UnknownToken;

    fn from_str(words: &str) -> Result<Self, Self::Err> {
        let found = named::all().find(|forgery| forgery.name.as_str() == words);
        found.map(|forgery| forgery.name).ok_or_else(|| UnknownToken(words.to_owned()))
    }
}

/// The token of this name; what evaluates it at compile time does not compile when there is none.
pub(crate) const fn known(words: &'static str) -> TokenName {
    let mut at = 0;
    while at < Genuine::ALL.len() {
        if same(Genuine::ALL[at].as_str(), words) {
            return TokenName::Genuine(Genuine::ALL[at]);
        }
        at += 1;
    }
    TokenName::Forged(known_forgery(words))
}

/// The forgery of this name; what evaluates it at compile time does not compile when there is none.
pub(crate) const fn known_forgery(words: &'static str) -> ForgeryName {
    let (mut table, mut at) = (0, 0);
    while table < named::TABLES.len() {
        while at < named::TABLES[table].len() {
            let name = named::TABLES[table][at].name;
            if same(name.as_str(), words) {
                return name;
            }
            at += 1;
        }
        (table, at) = (table + 1, 0);
    }
    panic!("no token has this name; see features/README.md for the names")
}

/// The name of a token in the words of the feature files, as a reference to a constant.
macro_rules! token {
    ($words:expr) => {{
        const NAME: &$crate::token_name::TokenName = &$crate::tokens::known($words);
        NAME
    }};
}
pub(crate) use token;

/// The name of a forgery in the words of the feature files, as a constant.
macro_rules! forgery {
    ($words:expr) => {
        const { $crate::tokens::known_forgery($words) }
    };
}
pub(crate) use forgery;

/// Whether two texts are the same, where `==` cannot be used yet.
const fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::token_name::{OTHER_USER, VALID};
    use rstest::rstest;

    #[rstest]
    #[case("a valid token", VALID)]
    #[case("a valid token of another user", OTHER_USER)]
    #[case("a token whose iss is null", token!("a token whose iss is null").clone())]
    #[case("a valid token with the scope claim openid x\ty", TokenName::scoped("openid x\ty"))]
    fn words_name_a_token(#[case] words: &str, #[case] name: TokenName) {
        assert_eq!(words.parse(), Ok(name));
    }

    #[test]
    fn a_name_is_shown_in_the_words_that_it_is_read_from() {
        let genuine = Genuine::ALL.map(Genuine::as_str);
        let forged = named::all().map(|forgery| forgery.name.as_str());
        for words in genuine.into_iter().chain(forged).chain(["a valid token with the scope claim openid"]) {
            assert_eq!(words.parse::<TokenName>().unwrap().to_string(), words);
        }
    }

    #[rstest]
    #[case("")]
    #[case("a vlid token")]
    #[case("A valid token")]
    #[case("a token of the proxy")]
    fn other_words_name_none(#[case] words: &str) {
        assert_eq!(words.parse::<TokenName>(), Err(UnknownToken(words.to_owned())));
    }

    #[rstest]
    #[case("", "", true)]
    #[case("a token", "a token", true)]
    #[case("a token", "a tokens", false)]
    #[case("a tokens", "a token", false)]
    fn texts_are_compared_as_they_are(#[case] one: &str, #[case] other: &str, #[case] expected: bool) {
        assert_eq!(same(one, other), expected);
    }
}
