//! Scopes and sets of them.
//!
//! A scope is a whole, case-sensitive token (RFC 6749 section 3.3). This server defines no hierarchy: no scope implies
//! another. A deployment that has one puts it into [`Scopes::cover`], the one place where scopes are compared.

use std::collections::BTreeSet;
use std::fmt;

/// One scope token.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope(String);

/// A string that is no scope token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a scope: printable ASCII without space, quote and backslash is allowed (RFC 6749 section 3.3)")]
pub struct ScopeError(String);

impl Scope {
    /// Reads one scope token.
    ///
    /// # Errors
    ///
    /// When the string is empty or holds a character outside `scope-token`.
    pub fn parse(token: &str) -> Result<Self, ScopeError> {
        let allowed = |byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
        if token.is_empty() || !token.bytes().all(allowed) {
            return Err(ScopeError(token.to_owned()));
        }
        Ok(Self(token.to_owned()))
    }

    /// The token as it goes over the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A set of scopes, always listed in the same order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scopes(BTreeSet<Scope>);

impl Scopes {
    /// Reads what an administrator wrote: scope tokens between white space or commas.
    ///
    /// # Errors
    ///
    /// Names the first piece that is no scope token.
    pub fn parse(list: &str) -> Result<Self, ScopeError> {
        list.split([' ', ',', '\t', '\n']).filter(|piece| !piece.is_empty()).map(Scope::parse).collect()
    }

    /// Reads the `scope` claim of a token: tokens between single spaces, nothing else.
    ///
    /// A piece that is no scope token grants nothing, so it is left out rather than repaired.
    pub fn granted_by(claim: &str) -> Self {
        claim.split(' ').filter_map(|piece| Scope::parse(piece).ok()).collect()
    }

    /// Whether everything that is `needed` is in this set.
    pub fn cover(&self, needed: &Self) -> bool {
        needed.0.is_subset(&self.0)
    }

    /// This set and one more scope.
    #[must_use]
    pub fn with(&self, scope: &Scope) -> Self {
        self.iter().chain([scope]).cloned().collect()
    }

    /// Whether the set is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The scopes in a fixed order, so that every challenge lists them alike.
    pub fn iter(&self) -> impl Iterator<Item = &Scope> {
        self.0.iter()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<T: IntoIterator<Item = Scope>>(scopes: T) -> Self {
        Self(scopes.into_iter().collect())
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, scope) in self.iter().enumerate() {
            let separator = if index == 0 { "" } else { " " };
            write!(f, "{separator}{}", scope.as_str())?;
        }
        Ok(())
    }
}
