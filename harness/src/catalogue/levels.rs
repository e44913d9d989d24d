//! From which revision to which a keyword is in force.

use super::{Keyword, Revision};
use std::fmt;

/// A closed span of revisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    first: Revision,
    last: Revision,
}

impl Span {
    /// Every revision.
    pub const ALL: Self = Self { first: Revision::V2025_03_26, last: Revision::V2026_07_28 };

    /// Parses `REV`, `REV+`, `REV..REV` or `..REV`.
    ///
    /// # Errors
    /// Says what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, String> {
        let revision = |name: &str| name.parse::<Revision>().map_err(|error| error.to_string());
        let span = if let Some(from) = text.strip_suffix('+') {
            Self { first: revision(from)?, ..Self::ALL }
        } else if let Some((from, to)) = text.split_once("..") {
            let first = if from.is_empty() { Self::ALL.first } else { revision(from)? };
            Self { first, last: revision(to)? }
        } else {
            let only = revision(text)?;
            Self { first: only, last: only }
        };
        if span.first > span.last {
            return Err(format!("`{text}` ends before it begins"));
        }
        Ok(span)
    }

    /// Whether the span holds `revision`.
    #[must_use]
    pub fn contains(self, revision: Revision) -> bool {
        (self.first..=self.last).contains(&revision)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.first, self.last) {
            (first, last) if first == last => write!(f, "{first}"),
            (first, last) if last == Self::ALL.last => write!(f, "{first} and later"),
            (first, last) if first == Self::ALL.first => write!(f, "up to {last}"),
            (first, last) => write!(f, "{first} to {last}"),
        }
    }
}

/// The keyword of a requirement at each revision.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels([Option<Keyword>; Revision::ALL.len()]);

impl Levels {
    /// Puts `keyword` in force over `span`.
    ///
    /// # Errors
    /// Names the revision that has a keyword already.
    pub fn put(&mut self, keyword: Keyword, span: Span) -> Result<(), Revision> {
        for (slot, revision) in self.0.iter_mut().zip(Revision::ALL) {
            if span.contains(revision) && slot.replace(keyword).is_some() {
                return Err(revision);
            }
        }
        Ok(())
    }

    /// The keyword in force at `revision`; `None` where the requirement does not exist.
    #[must_use]
    pub fn at(&self, revision: Revision) -> Option<Keyword> {
        Revision::ALL.iter().zip(self.0).find_map(|(known, keyword)| (*known == revision).then_some(keyword)).flatten()
    }

    /// The revisions at which the requirement is in force, oldest first.
    pub fn revisions(&self) -> impl Iterator<Item = Revision> {
        Revision::ALL.into_iter().filter(|revision| self.at(*revision).is_some())
    }

    /// Whether the requirement is in force nowhere.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("2025-06-18", &[Revision::V2025_06_18])]
    #[case("2025-11-25+", &[Revision::V2025_11_25, Revision::V2026_07_28])]
    #[case("..2025-06-18", &[Revision::V2025_03_26, Revision::V2025_06_18])]
    #[case("2025-06-18..2025-11-25", &[Revision::V2025_06_18, Revision::V2025_11_25])]
    fn a_span_names_the_revisions_it_holds(#[case] text: &str, #[case] expected: &[Revision]) {
        let span = Span::parse(text).unwrap();
        let held: Vec<_> = Revision::ALL.into_iter().filter(|revision| span.contains(*revision)).collect();
        assert_eq!(held, expected);
    }

    #[rstest]
    #[case("2025-06-19")]
    #[case("")]
    #[case("2026-07-28..2025-06-18")]
    fn a_span_that_means_nothing_is_refused(#[case] text: &str) {
        assert!(Span::parse(text).is_err());
    }

    #[test]
    fn two_keywords_at_one_revision_are_refused() {
        let mut levels = Levels::default();
        levels.put(Keyword::Must, Span::parse("2025-06-18+").unwrap()).unwrap();
        assert_eq!(levels.put(Keyword::Should, Span::ALL), Err(Revision::V2025_06_18));
    }
}
