//! Which scopes a token is given, of those that the scoped operation needs: a choice that feature files name by words.

use super::scoped::Scoped;
use std::fmt;
use std::str::FromStr;

/// A scope that no declared operation needs, for a token that has none of those it should have.
const UNRELATED: &str = "profile";

/// The scopes of a token, seen from the scoped operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChosenScopes {
    /// All that the operation needs.
    All,
    /// Those that every request needs, and no other.
    OnlyBase,
    /// One that the operation does not need.
    NoneOfThem,
    /// All, between others.
    AmongOthers,
    /// All, the last one first.
    Reversed,
    /// Instead of one that it needs, the same with a letter more.
    WithSuffix,
    /// Instead of one that it needs, the same with a letter less.
    WithoutLastCharacter,
    /// Instead of one that it needs, the same in upper case, or in lower case.
    InOtherCase,
    /// Instead of one that it needs, a longer one with its name in the middle.
    InsideLonger,
}

/// Words that describe no scopes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` describes no scopes; see features/README.md for the words")]
pub struct UnknownScopes(pub String);

impl ChosenScopes {
    /// All choices.
    pub const EACH: [Self; 9] = [
        Self::All,
        Self::OnlyBase,
        Self::NoneOfThem,
        Self::AmongOthers,
        Self::Reversed,
        Self::WithSuffix,
        Self::WithoutLastCharacter,
        Self::InOtherCase,
        Self::InsideLonger,
    ];

    /// The words of the feature files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all its scopes",
            Self::OnlyBase => "only the base scopes",
            Self::NoneOfThem => "none of its scopes",
            Self::AmongOthers => "its scopes among others",
            Self::Reversed => "its scopes in reverse order",
            Self::WithSuffix => "its scope and a suffix",
            Self::WithoutLastCharacter => "its scope without the last character",
            Self::InOtherCase => "its scope in other case",
            Self::InsideLonger => "its scope inside a longer one",
        }
    }

    /// The scope claim of such a token.
    #[must_use]
    pub fn claim(self, scoped: &Scoped) -> String {
        let all = || scoped.operation.scopes.join(" ");
        let beside_base = |scope: String| [scoped.base.clone(), vec![scope]].concat().join(" ");
        let needed = scoped.further.first().map(String::as_str).unwrap_or_default();
        match self {
            Self::All => all(),
            Self::OnlyBase => scoped.base.join(" "),
            Self::NoneOfThem => UNRELATED.to_owned(),
            Self::AmongOthers => format!("{UNRELATED} {} email", all()),
            Self::Reversed => scoped.operation.scopes.iter().rev().cloned().collect::<Vec<_>>().join(" "),
            Self::WithSuffix => beside_base(format!("{needed}s")),
            Self::WithoutLastCharacter => {
                let mut shorter = needed.to_owned();
                shorter.pop();
                beside_base(shorter)
            }
            Self::InOtherCase => beside_base(in_other_case(needed)),
            Self::InsideLonger => beside_base(format!("no-{needed}-really")),
        }
    }
}

impl fmt::Display for ChosenScopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ChosenScopes {
    type Err = UnknownScopes;

    fn from_str(words: &str) -> Result<Self, Self::Err> {
        let found = Self::EACH.into_iter().find(|scopes| scopes.as_str() == words);
        found.ok_or_else(|| UnknownScopes(words.to_owned()))
    }
}

fn in_other_case(text: &str) -> String {
    let upper = text.to_ascii_uppercase();
    if upper == text { text.to_ascii_lowercase() } else { upper }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declared::ScopedOperation;
    use crate::mcp::ToolCall;
    use rstest::rstest;

    fn scoped() -> Scoped {
        let call = ToolCall { name: "write".to_owned(), arguments: serde_json::Map::new() };
        let scopes = vec!["openid".to_owned(), "r/Write".to_owned()];
        Scoped {
            operation: ScopedOperation { name: "writing".to_owned(), call, scopes },
            base: vec!["openid".to_owned()],
            further: vec!["r/Write".to_owned()],
        }
    }

    #[rstest]
    #[case("all its scopes", "openid r/Write")]
    #[case("only the base scopes", "openid")]
    #[case("none of its scopes", "profile")]
    #[case("its scopes among others", "profile openid r/Write email")]
    #[case("its scopes in reverse order", "r/Write openid")]
    #[case("its scope and a suffix", "openid r/Writes")]
    #[case("its scope without the last character", "openid r/Writ")]
    #[case("its scope in other case", "openid R/WRITE")]
    #[case("its scope inside a longer one", "openid no-r/Write-really")]
    fn words_describe_a_claim(#[case] words: &str, #[case] claim: &str) {
        let scopes: Result<ChosenScopes, _> = words.parse();
        assert_eq!(
            scopes.map(|scopes| (scopes.to_string(), scopes.claim(&scoped()))),
            Ok((words.into(), claim.into()))
        );
    }

    #[test]
    fn other_words_describe_none() {
        assert_eq!("a good scope".parse::<ChosenScopes>(), Err(UnknownScopes("a good scope".to_owned())));
    }
}
