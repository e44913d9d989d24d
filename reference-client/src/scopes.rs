//! Sets of OAuth scopes, kept in the order in which they were named.

use std::fmt;

/// A set of scopes (RFC 6749 section 3.3): space-separated on the wire, without duplicates, order kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scopes(Vec<String>);

impl Scopes {
    /// Reads a space-separated list. A list without a scope is `None`, because an empty `scope` parameter is not the
    /// same as no parameter.
    #[must_use]
    pub fn parse(list: &str) -> Option<Self> {
        let scopes: Self = list.split_ascii_whitespace().map(str::to_owned).collect();
        (!scopes.0.is_empty()).then_some(scopes)
    }

    /// All scopes of both sets, those of `self` first.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.0.iter().chain(&other.0).cloned().collect()
    }

    /// Whether every scope of `other` is in this set.
    #[must_use]
    pub fn contains_all(&self, other: &Self) -> bool {
        other.0.iter().all(|scope| self.0.contains(scope))
    }
}

impl FromIterator<String> for Scopes {
    fn from_iter<I: IntoIterator<Item = String>>(scopes: I) -> Self {
        let mut set = Vec::new();
        for scope in scopes {
            if !set.contains(&scope) {
                set.push(scope);
            }
        }
        Self(set)
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}
